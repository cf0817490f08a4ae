package dev.lifeboat.operator.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.util.polling.SyncPoller;
import com.azure.resourcemanager.compute.fluent.DisksClient;
import com.azure.resourcemanager.compute.fluent.models.AccessUriInner;
import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.models.AccessLevel;
import com.azure.resourcemanager.compute.models.DiskState;
import com.azure.resourcemanager.compute.models.GrantAccessData;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.CloudException.Reason;
import dev.lifeboat.operator.cloud.CloudView.State;
import dev.lifeboat.vault.blob.AzureBlobs;
import dev.lifeboat.vault.blob.Retry;
import dev.lifeboat.vault.blob.VhdFooter;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Managed disks of one subscription, filled by direct upload. Thread-safe. */
final class AzureDisks {

  private static final int UPLOAD_SECONDS = 24 * 3600;
  private static final Duration POLL = Duration.ofMillis(300);
  private static final Duration GRANT_WITHIN = Duration.ofSeconds(5);
  private static final Retry ONCE = new Retry(1, Duration.ZERO, Duration.ZERO);

  private final DisksClient disks;
  private final HttpClient http;
  private final AzureCalls calls;

  AzureDisks(DisksClient disks, HttpClient http, AzureCalls calls) {
    this.disks = disks;
    this.http = http;
    this.calls = calls;
  }

  Optional<DiskInner> find(String group, String name) throws CloudException {
    return calls.find("look at disk " + name, () -> disks.getByResourceGroup(group, name));
  }

  void create(String group, String name, DiskInner disk) throws CloudException {
    calls.begin("make disk " + name, () -> disks.beginCreateOrUpdate(group, name, disk));
  }

  /**
   * Opens the disk for its bytes. Azure gives the same URL as long as it is open, so a call that
   * was not waited for is made again.
   */
  URI open(String group, String name) throws CloudException {
    String what = "open disk " + name + " for its upload";
    GrantAccessData grant =
        new GrantAccessData().withAccess(AccessLevel.WRITE).withDurationInSeconds(UPLOAD_SECONDS);
    AccessUriInner access =
        calls
            .make(what, () -> awaited(disks.beginGrantAccess(group, name, grant)))
            .orElseThrow(() ->
                new CloudException(
                    Reason.Unreachable,
                    "cannot " + what + " yet: Azure takes its time; it is tried again by itself"));
    return URI.create(access.accessSas());
  }

  /** The SDK's own waiting asks every 30 s where the service does not say otherwise. */
  private static Optional<AccessUriInner> awaited(SyncPoller<?, AccessUriInner> poller) {
    long end = System.nanoTime() + GRANT_WITHIN.toNanos();
    while (!poller.poll().getStatus().isComplete()) {
      if (System.nanoTime() > end || Thread.currentThread().isInterrupted()) {
        return Optional.empty();
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return Optional.of(poller.getFinalResult());
  }

  /** Ends the upload, if it was begun. */
  void close(String group, String name) throws CloudException {
    Optional<DiskInner> there = find(group, name);
    if (there.isPresent() && AzureStates.of(there.get()) == State.Uploading) {
      revoke(group, name);
    }
  }

  private void revoke(String group, String name) throws CloudException {
    calls.begin("close the upload of disk " + name, () -> disks.beginRevokeAccess(group, name));
  }

  /** One step towards a disk that is not there; none while another one is being made. */
  void remove(String group, DiskInner disk) throws CloudException {
    State state = AzureStates.of(disk);
    if (state == State.Creating || state == State.Deleting) {
      return;
    }
    if (DiskState.ACTIVE_UPLOAD.equals(disk.diskState())) {
      giveUp(group, disk);
      return;
    }
    calls.begin("remove disk " + disk.name(), () -> disks.beginDelete(group, disk.name()));
  }

  /**
   * Azure neither deletes a disk whose upload is open, nor closes the upload before the disk is a
   * VHD: so it gets the footer of one, whatever is before it.
   */
  private void giveUp(String group, DiskInner disk) throws CloudException {
    long size = disk.creationData().uploadSizeBytes() - VhdFooter.BYTES;
    URI url = open(group, disk.name());
    try {
      AzureBlobs.pageBlob(url, http, ONCE).put(size, ByteBuffer.wrap(VhdFooter.of(size)));
    } catch (IOException e) {
      throw new CloudException(
          Reason.Unreachable,
          "cannot end the upload of disk " + disk.name() + ": " + e.getMessage(),
          e);
    }
    revoke(group, disk.name());
  }
}
