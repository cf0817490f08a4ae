package dev.lifeboat.replicator.processserver.settings;

import dev.lifeboat.replicator.processserver.listener.ListenerLimits;
import dev.lifeboat.replicator.processserver.uploader.UploadPace;
import dev.lifeboat.vault.blob.AzureSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * The whole configuration of a process server, checked. Holds no secret: only the files they are
 * in.
 */
public record ProcessServerSettings(
    InetSocketAddress listen,
    InetSocketAddress metrics,
    Path identity,
    Path cacheDirectory,
    Path volumeKey,
    AzureSettings azure,
    Path recoveryKeyFile,
    MemorySettings memory,
    UploadPace pace,
    ListenerLimits limits,
    boolean jsonLog) {}
