package dev.lifeboat.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class in which a ByteBuf was lost. Classes with it do not run side by side. */
public final class LeakGuard implements BeforeAllCallback, AfterAllCallback {
  private final List<String> leaks = new CopyOnWriteArrayList<>();

  @Override
  public void beforeAll(ExtensionContext context) {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ByteBufUtil.setLeakListener((type, records) -> leaks.add(type + records));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    // A lost buffer is told once it was collected and another one is made.
    for (int i = 0; i < 5; i++) {
      System.gc();
      List<ByteBufAllocator> allocators =
          List.of(PooledByteBufAllocator.DEFAULT, UnpooledByteBufAllocator.DEFAULT);
      for (ByteBufAllocator allocator : allocators) {
        allocator.directBuffer(16).release();
        allocator.heapBuffer(16).release();
      }
      LockSupport.parkNanos(20_000_000);
    }
    assertThat(leaks).as("lost buffers").isEmpty();
  }
}
