package io.penstock.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ShownCommandTest {

  @Test
  void shouldReadWhatAShellWould() {
    ShownCommand command =
        one(
            "echo '{\"a\": 1} {\"b\"}' | ./penstock predict m --why \"two words\" > out.json   # what is seen");

    assertThat(command.pipe())
        .containsExactly(
            List.of("echo", "{\"a\": 1} {\"b\"}"),
            List.of("./penstock", "predict", "m", "--why", "two words"));
    assertThat(command.file()).isEqualTo("out.json");
    assertThat(command.comment()).isEqualTo("what is seen");
    assertThat(command.text()).endsWith("> out.json");
    assertThat(command.isCallOf("echo")).isTrue();
    assertThat(command.isCallOf("./penstock")).isFalse();
  }

  @Test
  void shouldJoinLinesThatGoOn() {
    assertThat(one("./penstock topics \\\n  --create").pipe().get(0))
        .containsExactly("./penstock", "topics", "--create");
  }

  @Test
  void shouldTellAnswersFromCommands() {
    List<ShownCommand> commands =
        page("```console\n$ curl -s x\n{}\n[]\n$ curl -s y\n1\n```\n").commands();

    assertThat(commands).extracting(ShownCommand::text).containsExactly("curl -s x", "curl -s y");
    assertThat(commands).extracting(ShownCommand::answer).containsExactly("{}\n[]", "1");
  }

  @Test
  void shouldReadBlocksInLists() {
    assertThat(page("1. First:\n\n   ```sh\n   cp a b\n   ```\n").commands())
        .extracting(ShownCommand::text)
        .containsExactly("cp a b");
  }

  @Test
  void shouldFindCommandsInBlocksThatDoNotSayIt() {
    Page page = page("```\n./penstock status\n  kcat -C\noutput: {topic: x}\n```\n");

    assertThat(page.commands()).isEmpty();
    assertThat(page.uncalled()).containsExactly("./penstock status", "kcat -C");
  }

  private static ShownCommand one(String line) {
    List<ShownCommand> commands = page("```sh\n" + line + "\n```\n").commands();
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  private static Page page(String text) {
    return new Page(Path.of("page.md"), text);
  }
}
