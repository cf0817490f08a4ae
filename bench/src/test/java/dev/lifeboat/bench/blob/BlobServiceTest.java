package dev.lifeboat.bench.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.vault.blob.AzureBlobs;
import dev.lifeboat.vault.blob.BlobCredential;
import dev.lifeboat.vault.blob.BlobEndpoint;
import dev.lifeboat.vault.blob.BlobEntry;
import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.blob.BlobStore.Creation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bench's service as the vault's own store, on Azure's SDK, sees it. */
class BlobServiceTest {
  @TempDir Path folder;

  private Path credential = Path.of("");

  @BeforeEach
  void credential() throws IOException {
    credential = Files.writeString(folder.resolve("sas"), "sv=2025-11-05&sig=none");
  }

  private BlobStore store(BlobService service) throws IOException {
    var store =
        new AzureBlobs(BlobEndpoint.of(service.endpoint(), Optional.empty()))
            .plainContainer("lifeboat-log", new BlobCredential.SasFile(credential));
    store.createContainer();
    return store;
  }

  private static List<ByteBuffer> bytes(int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length);
    for (int value : values) {
      buffer.put((byte) value);
    }
    return List.of(buffer.flip());
  }

  @Test
  void createsOnce() throws IOException {
    try (BlobService service = BlobService.startPlain(false)) {
      BlobStore store = store(service);
      assertThat(store.create("a/1", bytes(1, 2, 3))).isEqualTo(Creation.CREATED);
      assertThat(store.create("a/1", bytes(4))).isEqualTo(Creation.EXISTS);
      assertThat(store.read("a/1", 10).orElseThrow().content()).containsExactly(1, 2, 3);
      assertThat(service.received()).isEqualTo(4);
    }
  }

  @Test
  void readsRanges() throws IOException {
    try (BlobService service = BlobService.startPlain(false)) {
      BlobStore store = store(service);
      assertThat(store.readRange("a", 0, 1)).isEmpty();
      store.create("a", bytes(0, 1, 2, 3, 4, 5));
      assertThat(store.readRange("a", 2, 3).orElseThrow()).containsExactly(2, 3, 4);
      assertThat(store.readRange("a", 4, 100).orElseThrow()).containsExactly(4, 5);
      assertThat(store.readRange("a", 6, 1).orElseThrow()).isEmpty();
    }
  }

  @Test
  void listsByPrefixInOrder() throws IOException {
    try (BlobService service = BlobService.startPlain(false)) {
      BlobStore store = store(service);
      for (String name : List.of("m/2", "m/1", "n/1", "m/10")) {
        store.create(name, bytes(1, 2));
      }
      List<String> names = new ArrayList<>();
      store.list("m/", (BlobEntry entry) -> names.add(entry.name() + ":" + entry.size()));
      assertThat(names).containsExactly("m/1:2", "m/10:2", "m/2:2");
    }
  }

  @Test
  void replacesOnlyTheVersionThatWasRead() throws IOException {
    try (BlobService service = BlobService.startPlain(false)) {
      BlobStore store = store(service);
      assertThat(store.replace("head", new byte[] {1}, "\"0x1\"")).isEmpty();
      store.create("head", bytes(1));
      String was = store.read("head", 10).orElseThrow().etag();
      assertThat(store.replace("head", new byte[] {2}, was)).isPresent();
      assertThat(store.replace("head", new byte[] {3}, was)).isEmpty();
      assertThat(store.read("head", 10).orElseThrow().content()).containsExactly(2);
    }
  }

  @Test
  void sinkForgetsSegmentsOnly() throws IOException {
    try (BlobService service = BlobService.startPlain(true)) {
      BlobStore store = store(service);
      store.create("machine/x/epoch/1/segment/1", bytes(1, 2, 3));
      store.create("machine/x/key/1", bytes(7));
      assertThat(store.create("machine/x/epoch/1/segment/1", bytes(1))).isEqualTo(Creation.EXISTS);
      assertThat(store.readRange("machine/x/epoch/1/segment/1", 0, 3).orElseThrow()).isEmpty();
      assertThat(store.read("machine/x/key/1", 10).orElseThrow().content()).containsExactly(7);
    }
  }
}
