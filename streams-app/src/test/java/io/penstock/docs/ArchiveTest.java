package io.penstock.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code -Pdist} packs: no page in it links to what is not in it. */
final class ArchiveTest {

  private static final Pattern INCLUDED = Pattern.compile("<include>([^<]+)</include>");

  private final Path assembly = Page.root().resolve("streams-app/src/assembly");
  private List<PathMatcher> included = List.of();

  @BeforeEach
  void readAssembly() throws IOException {
    String archive = Files.readString(assembly.resolve("archive.xml"));
    String content = Files.readString(assembly.resolve("content.xml"));
    included =
        INCLUDED
            .matcher(archive + content)
            .results()
            .map(include -> FileSystems.getDefault().getPathMatcher("glob:" + include.group(1)))
            .toList();
  }

  @Test
  void shouldHoldWhatItsPagesLinkTo() {
    List<Page> pages = pages();

    assertThat(pages).extracting(Page::toString).contains("README.md", "docs/operations.md");
    for (Page page : pages) {
      for (String link : page.inProse(DocsTest.LINK)) {
        String file = link.split("#", 2)[0];
        if (!file.isEmpty()) {
          Path target = page.file().resolveSibling(file).normalize();
          assertThat(isIncluded(target) || Files.isDirectory(target))
              .as("%s links to %s, which archive.xml leaves out", page, link)
              .isTrue();
        }
      }
    }
  }

  /** A name that is misspelt packs nothing. */
  @Test
  void shouldNameFilesThatThereAre() throws IOException {
    String archive = Files.readString(assembly.resolve("archive.xml"));

    assertThat(INCLUDED.matcher(archive).results().map(include -> include.group(1)))
        .allSatisfy(name -> assertThat(Page.root().resolve(name.replace("/**", ""))).exists());
  }

  @Test
  void shouldHoldTheListOfItsParts() throws IOException {
    String pom = Files.readString(Page.root().resolve("streams-app/pom.xml"));
    String archive = Files.readString(assembly.resolve("archive.xml"));

    assertThat(pom).contains("<outputName>penstock.cdx</outputName>");
    assertThat(archive).contains("<source>${project.build.directory}/penstock.cdx.json</source>");
  }

  private List<Page> pages() {
    Page benchmarks = Page.read(Page.root().resolve("benchmarks/README.md"));
    return Stream.concat(Page.all().stream(), Stream.of(benchmarks))
        .filter(page -> isIncluded(page.file()))
        .toList();
  }

  private boolean isIncluded(Path file) {
    Path name = Page.root().relativize(file);
    return included.stream().anyMatch(matcher -> matcher.matches(name));
  }
}
