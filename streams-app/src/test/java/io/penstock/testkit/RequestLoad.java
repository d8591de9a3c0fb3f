package io.penstock.testkit;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Some callers that ask a service for the same prediction, one request after the other. */
public final class RequestLoad implements AutoCloseable {

  /** So many ask at the same time. */
  public static final int CALLERS = 2;

  private static final Pattern VERSION = Pattern.compile("version=(\\d+)");

  private final ServiceUnderTest service;
  private final String path;
  private final String body;
  private final AtomicLong answered = new AtomicLong();
  private final Set<String> versions = Collections.synchronizedSet(new TreeSet<>());
  private final List<String> refusals = Collections.synchronizedList(new ArrayList<>());
  private final List<Thread> callers = new ArrayList<>();
  private volatile boolean stopped;

  public RequestLoad(ServiceUnderTest service, String model, String body) {
    this.service = service;
    this.path = "/v1/models/" + model + ":predict";
    this.body = body;
    for (int i = 0; i < CALLERS; i++) {
      Thread caller = new Thread(this::run, "request-load-" + i);
      callers.add(caller);
      caller.start();
    }
  }

  private void run() {
    while (!stopped) {
      HttpResponse<String> answer;
      try {
        answer = service.post(path, body);
      } catch (AssertionError e) {
        refusals.add(e.toString());
        return;
      }
      if (answer.statusCode() == 200) {
        Matcher servedBy =
            VERSION.matcher(answer.headers().firstValue("penstock-served-by").orElse(""));
        versions.add(servedBy.find() ? servedBy.group(1) : "none");
      } else {
        refusals.add(answer.statusCode() + " " + answer.body());
      }
      answered.incrementAndGet();
    }
  }

  /** Requests that were answered, or refused. */
  public long answered() {
    return answered.get();
  }

  /** The versions that answered. */
  public List<String> versions() {
    synchronized (versions) {
      return List.copyOf(versions);
    }
  }

  /** What was said to requests that were refused. */
  public List<String> refusals() {
    synchronized (refusals) {
      return List.copyOf(refusals);
    }
  }

  @Override
  public void close() {
    stopped = true;
    for (Thread caller : callers) {
      try {
        caller.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
