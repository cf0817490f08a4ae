package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lifeboat.testbed.azure.Operations.Operation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Managed disks, made by direct upload: created, opened for writing, closed, attached. */
final class Disks {
  private static final String PATH =
      "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/disks";
  private static final List<String> SKUS =
      List.of("Standard_LRS", "StandardSSD_LRS", "Premium_LRS");

  private final Cloud cloud;
  private final Provisioner provisioner;
  private final DiskBlobs blobs;
  private final Limits limits;
  private final Path folder;

  /** Bytes of disks that machines have are in {@code folder}. */
  Disks(Cloud cloud, Provisioner provisioner, DiskBlobs blobs, Limits limits, Path folder) {
    this.cloud = cloud;
    this.provisioner = provisioner;
    this.blobs = blobs;
    this.limits = limits;
    this.folder = folder;
  }

  void addTo(Routes routes) {
    routes
        .on("PUT", PATH + "/{name}", "Disks_CreateOrUpdate", this::put)
        .on("GET", PATH + "/{name}", "Disks_Get", c -> Answer.ok(require(c).json()))
        .on("DELETE", PATH + "/{name}", "Disks_Delete", this::delete)
        .on(
            "GET",
            PATH,
            "Disks_ListByResourceGroup",
            c -> Answer.ok(cloud.list(Disk.class, c.variable("group"))))
        .on("POST", PATH + "/{name}/beginGetAccess", "Disks_GrantAccess", this::grant)
        .on("POST", PATH + "/{name}/endGetAccess", "Disks_RevokeAccess", this::revoke);
  }

  private Disk require(Call call) {
    return cloud.require(call.resource(Disk.TYPE), Disk.class);
  }

  private Answer put(Call call) {
    ResourceId id = call.resource(Disk.TYPE);
    JsonNode body = call.body();
    synchronized (cloud) {
      cloud.requireGroup(id.group());
      Provisioner.checkName(id, "diskName", 80);
      String location = cloud.location(body, Disk.TYPE);
      Disk.Form form = form(body);
      Optional<Disk> found = cloud.find(id, Disk.class);
      if (found.isPresent()) {
        Disk disk = found.get();
        Provisioner.requireStaying(disk);
        if (!disk.location().equals(location)) {
          throw ResourceGroups.otherLocation(id, disk.location(), location);
        }
        if (!disk.form().equals(form)) {
          throw ArmException.changeNotAllowed("disk.creationData");
        }
        disk.tags(body.path("tags"));
        return provisioner.accepted(200, disk, call);
      }
      if (cloud.all(Disk.class).size() >= limits.of(Limits.DISKS)) {
        throw Usages.exceeded(
            Limits.DISKS, location, limits.of(Limits.DISKS), cloud.all(Disk.class).size(), 1);
      }
      Disk disk = new Disk(id, location, form);
      disk.tags(body.path("tags"));
      cloud.put(disk);
      provisioner.begin(
          "Disks_CreateOrUpdate",
          disk,
          "Updating",
          () -> {
            blobs.create(disk.uid(), form.uploadBytes());
            return Operations.nothing();
          });
      // The SDK takes 200 and 202 for a disk; a 201 makes it throw.
      return provisioner.accepted(202, disk, call);
    }
  }

  private Disk.Form form(JsonNode body) {
    String option =
        Json.required(
            body, "properties.creationData.createOption", "disk.creationData.createOption");
    if (!option.equalsIgnoreCase("Upload")) {
      throw ArmException.notImplemented("Disks_CreateOrUpdate with createOption " + option);
    }
    JsonNode size = Json.at(body, "properties.creationData.uploadSizeBytes");
    if (!size.isIntegralNumber()) {
      throw Json.missing("disk.creationData.uploadSizeBytes");
    }
    VhdImage.checkSize(size.asLong(), limits.smallestUpload());
    String sku = Json.at(body, "sku.name").asText("Standard_LRS");
    if (!SKUS.contains(sku)) {
      throw ArmException.invalidParameter(
          "The value '" + sku + "' of parameter 'disk.sku.name' is not one of " + SKUS + ".");
    }
    String osType = Json.text(body, "properties.osType");
    String generation = Json.at(body, "properties.hyperVGeneration").asText("V1");
    if (!generation.equals("V1")) {
      throw ArmException.notImplemented("Disks_CreateOrUpdate with hyperVGeneration " + generation);
    }
    return new Disk.Form(size.asLong(), osType, generation, sku);
  }

  private Answer delete(Call call) {
    ResourceId id = call.resource(Disk.TYPE);
    synchronized (cloud) {
      cloud.requireGroup(id.group());
      Optional<Disk> found = cloud.find(id, Disk.class);
      if (found.isEmpty()) {
        return Answer.empty(204);
      }
      Disk disk = found.get();
      if (disk.machine().isPresent()) {
        throw ArmException.notAllowed(
            "Disk %s is attached to VM %s.".formatted(id.name(), disk.machine().get()));
      }
      if (disk.state() == Disk.State.ACTIVE_UPLOAD) {
        throw activeAccess(disk);
      }
      return provisioner.accepted(disk, call, remove(disk));
    }
  }

  private static ArmException activeAccess(Disk disk) {
    return ArmException.notAllowed(
        ("There is an active shared access signature outstanding for disk %s. Call EndGetAccess"
                + " before deleting or attaching the disk. Learn more here:"
                + " aka.ms/revokeaccessapi.")
            .formatted(disk.id().name()));
  }

  /** Deletes a disk that no machine has; the caller holds the cloud's lock. */
  Operation remove(Disk disk) {
    return provisioner.begin(
        "Disks_Delete",
        disk,
        "Deleting",
        () -> {
          erase(disk);
          return Operations.nothing();
        });
  }

  /** Deletes at once, whatever state it is in. */
  void erase(Disk disk) throws IOException {
    blobs.delete(disk.uid());
    if (disk.file().isPresent()) {
      Files.deleteIfExists(disk.file().get());
    }
    cloud.remove(disk);
  }

  private Answer grant(Call call) {
    String access = Json.required(call.body(), "access", "grantAccessData.access");
    if (!access.equalsIgnoreCase("Write")) {
      throw ArmException.notImplemented("Disks_GrantAccess with access " + access);
    }
    JsonNode seconds = Json.at(call.body(), "durationInSeconds");
    if (!seconds.isIntegralNumber() || seconds.asLong() < 60) {
      throw ArmException.invalidParameter(
          "The value of parameter 'grantAccessData.durationInSeconds' must be 60 or more.");
    }
    synchronized (cloud) {
      Disk disk = require(call);
      if (disk.busy()) {
        throw ArmException.concurrent();
      }
      boolean uploading =
          disk.state() == Disk.State.READY_TO_UPLOAD || disk.state() == Disk.State.ACTIVE_UPLOAD;
      if (!uploading) {
        throw ArmException.notAllowed(
            ("Write access to disk '%s' cannot be granted because its state is '%s': it was"
                    + " uploaded already. Write access is allowed in state 'ReadyToUpload' only.")
                .formatted(disk.id().name(), disk.state().azure()));
      }
      Operation operation =
          provisioner.begin(
              "Disks_GrantAccess",
              disk,
              "Updating",
              () -> open(disk, call.base(), Duration.ofSeconds(seconds.asLong())));
      return provisioner.accepted(disk, call, operation);
    }
  }

  /** Asked again while the disk is open, Azure gives the same URL. */
  private ObjectNode open(Disk disk, URI base, Duration time) {
    String url = disk.access().orElseGet(() -> DiskGate.url(base) + blobs.grant(disk.uid(), time));
    synchronized (cloud) {
      disk.access(Optional.of(url));
      disk.state(Disk.State.ACTIVE_UPLOAD);
    }
    return Json.object().put("accessSAS", url);
  }

  private Answer revoke(Call call) {
    synchronized (cloud) {
      Disk disk = require(call);
      if (disk.busy()) {
        throw ArmException.concurrent();
      }
      Operation operation =
          provisioner.begin(
              "Disks_RevokeAccess",
              disk,
              "Updating",
              () -> {
                close(disk);
                return Operations.nothing();
              });
      return provisioner.accepted(disk, call, operation);
    }
  }

  /** A disk that was not opened, or is closed already, stays as it is. */
  private void close(Disk disk) {
    if (disk.state() != Disk.State.ACTIVE_UPLOAD) {
      return;
    }
    long bytes = disk.form().uploadBytes();
    VhdImage.checkFooter(
        blobs.footer(disk.uid(), bytes), bytes, disk.id().name(), blobs.url(disk.uid()));
    blobs.revoke(disk.uid());
    synchronized (cloud) {
      disk.access(Optional.empty());
      disk.state(Disk.State.UNATTACHED);
    }
  }

  /** Refuses a disk that a machine cannot have; the caller holds the cloud's lock. */
  static void requireAttachable(Disk disk, ResourceId machine) {
    if (disk.state() == Disk.State.ACTIVE_UPLOAD) {
      throw activeAccess(disk);
    }
    if (disk.state() == Disk.State.READY_TO_UPLOAD) {
      throw ArmException.notAllowed(
          "Disk '%s' cannot be attached because its state is 'ReadyToUpload': upload it first."
              .formatted(disk.id().name()));
    }
    if (disk.machine().filter(owner -> !owner.sameAs(machine)).isPresent()) {
      throw new ArmException(
          409,
          "ConflictingUserInput",
          "Disk '%s' cannot be attached as the disk is already owned by VM '%s'."
              .formatted(disk.id(), disk.machine().get()));
    }
    if (disk.busy()) {
      throw ArmException.concurrent();
    }
  }

  /**
   * The file with a disk's bytes; taken from the blob when the first machine has it. A second file
   * keeps, as sha256sum would, what they were then.
   */
  Path file(Disk disk) throws IOException {
    if (disk.file().isEmpty()) {
      Path file = folder.resolve(disk.uid() + ".raw");
      String hash = blobs.export(disk.uid(), disk.form().uploadBytes(), file);
      Files.writeString(hashFile(folder, disk.id().name()), hash + "  " + disk.id().name() + "\n");
      synchronized (cloud) {
        disk.file(file);
      }
    }
    return disk.file().orElseThrow();
  }

  static Path hashFile(Path folder, String disk) {
    return folder.resolve(disk + ".sha256");
  }
}
