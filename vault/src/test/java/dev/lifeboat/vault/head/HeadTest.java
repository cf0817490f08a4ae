package dev.lifeboat.vault.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.vault.blob.MemoryBlobStore;
import dev.lifeboat.wire.Golden;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HeadTest {

  @Test
  void theBytesAreAsTheyWere() throws Exception {
    Head head = new Head(7, new UUID(1, 2), new UUID(3, 4), "Source", "None");
    Golden.check("head", head.encode());
    assertThat(Head.decode(Golden.read("head"))).isEqualTo(head);
  }

  @Test
  void refusesWhatIsNoHead() {
    for (String text :
        List.of(
            "",
            "{",
            "[]",
            "{}",
            "{\"version\":2}",
            "{\"version\":1,\"epoch\":-1}",
            "{\"version\":1,\"epoch\":1,\"owner\":\"x\",\"lineage\":\"y\",\"active\":\"S\",\"commit\":\"N\"}")) {
      assertThatThrownBy(() -> Head.decode(text.getBytes(StandardCharsets.UTF_8)))
          .describedAs(text)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void namesTheLineage_forItsOwnerOnly() throws Exception {
    UUID machine = new UUID(1, 1);
    UUID owner = new UUID(2, 2);
    Heads heads = new Heads(new MemoryBlobStore());
    heads.create(machine, Head.fresh().takenBy(owner));
    assertThat(heads.tellLineage(machine, 1, owner, new UUID(3, 3))).isTrue();
    Head told = heads.require(machine).head();
    assertThat(told).isEqualTo(new Head(1, owner, new UUID(3, 3), "Source", "None"));
    assertThat(heads.tellLineage(machine, 1, new UUID(4, 4), new UUID(5, 5))).isFalse();
    assertThat(heads.tellLineage(machine, 2, owner, new UUID(5, 5))).isFalse();
    assertThat(heads.require(machine).head()).isEqualTo(told);
  }
}
