package io.penstock.http.exchange;

import io.penstock.requests.Answer;
import io.penstock.requests.RequestDoor;
import io.penstock.requests.RequestRoom;
import java.util.Optional;

/** A body that was read, and knows how it is answered. Used by one thread after the other. */
public interface Question extends RequestDoor.Decoder {

  /** Makes a question of a body. */
  @FunctionalInterface
  interface Reading {

    /**
     * Reads a body as far as that can be done without a signature.
     *
     * @param room what the request holds, its body included; what is made of it is taken there
     * @throws io.penstock.requests.RefusedRequestException if it is ill-formed
     */
    Question read(byte[] body, RequestRoom room);
  }

  /** The signature that it names. */
  Optional<String> signature();

  /**
   * The body of the answer, as JSON.
   *
   * @throws io.penstock.requests.RefusedRequestException if it cannot be written
   */
  byte[] write(Answer answer);
}
