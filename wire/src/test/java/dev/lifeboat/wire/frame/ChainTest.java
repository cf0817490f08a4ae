package dev.lifeboat.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.dynatrace.hash4j.hashing.Hashing;
import dev.lifeboat.wire.Golden;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ChainTest {
  private final UUID lineage = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private final UUID bootId = UUID.fromString("ffeeddcc-bbaa-9988-7766-554433221100");

  @Test
  void hashIsTheCanonicalOne_whenComparedWithTheReferenceVector() {
    // XXH3-128 of no bytes with seed 0, as the reference implementation prints it.
    assertThat(Hashing.xxh3_128().hashBytesTo128Bits(new byte[0]).toString())
        .isEqualToIgnoringCase("0x99aa06d3014798d86001c324468d497f");
    var empty = Hashing.xxh3_128().hashBytesTo128Bits(new byte[0]);
    assertThat(new Chain(empty.getMostSignificantBits(), empty.getLeastSignificantBits()))
        .hasToString("99aa06d3014798d86001c324468d497f");
  }

  @Test
  void keepsItsBytes_whenEncoded() {
    Chain chain = Chain.ofBoot(lineage, bootId).next(new byte[] {9, 1, 2, 3, 9}, 1, 3);
    assertThat(Chain.decode(chain.encode(), 0)).isEqualTo(chain);
    // Fixed for ever: a change breaks every log that exists.
    Golden.check("chain", chain.encode());
  }

  @Test
  void tellsOrderContentAndBootApart() {
    Chain boot = Chain.ofBoot(lineage, bootId);
    byte[] records = {1, 2};
    Chain forth = boot.next(records, 0, 1).next(records, 1, 1);
    assertThat(forth)
        .isNotEqualTo(boot.next(records, 1, 1).next(records, 0, 1))
        .isNotEqualTo(boot.next(records, 0, 2))
        .isNotEqualTo(Chain.START.next(records, 0, 1).next(records, 1, 1));
    assertThat(Chain.ofBoot(bootId, lineage)).isNotEqualTo(boot);
  }
}
