package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** A managed disk. */
final class Disk extends Resource {
  static final String TYPE = "Microsoft.Compute/disks";

  /** Where a disk is between its creation and a machine, by Azure's names. */
  enum State {
    READY_TO_UPLOAD("ReadyToUpload"),
    ACTIVE_UPLOAD("ActiveUpload"),
    UNATTACHED("Unattached"),
    ATTACHED("Attached"),
    RESERVED("Reserved");

    private final String azure;

    State(String azure) {
      this.azure = azure;
    }

    String azure() {
      return azure;
    }
  }

  /**
   * What cannot be changed later.
   *
   * @param uploadBytes with the footer
   * @param osType empty for a data disk
   */
  record Form(long uploadBytes, String osType, String generation, String sku) {}

  private final String uid = UUID.randomUUID().toString();
  private final Form form;
  private State state = State.READY_TO_UPLOAD;
  private Optional<String> access = Optional.empty();
  private Optional<ResourceId> machine = Optional.empty();
  private Optional<Path> file = Optional.empty();

  Disk(ResourceId id, String location, Form form) {
    super(id, location);
    this.form = form;
  }

  String uid() {
    return uid;
  }

  Form form() {
    return form;
  }

  State state() {
    return state;
  }

  void state(State next) {
    state = next;
  }

  /** The URL that the disk is being uploaded to. */
  Optional<String> access() {
    return access;
  }

  void access(Optional<String> url) {
    access = url;
  }

  Optional<ResourceId> machine() {
    return machine;
  }

  void machine(Optional<ResourceId> owner) {
    machine = owner;
  }

  /** Its bytes, once a machine has had it. */
  Optional<Path> file() {
    return file;
  }

  void file(Path exported) {
    file = Optional.of(exported);
  }

  @Override
  void describe(ObjectNode top, ObjectNode properties) {
    top.putObject("sku").put("name", form.sku()).put("tier", form.sku().replaceFirst("_.*", ""));
    machine.ifPresent(id -> top.put("managedBy", id.toString()));
    ObjectNode creation = properties.putObject("creationData");
    creation.put("createOption", "Upload").put("uploadSizeBytes", form.uploadBytes());
    long size = form.uploadBytes() - VhdImage.FOOTER;
    properties.put("diskSizeBytes", size).put("diskSizeGB", (size + (1L << 30) - 1) >> 30);
    properties.put("diskState", state.azure()).put("uniqueId", uid);
    if (!form.osType().isEmpty()) {
      properties.put("osType", form.osType()).put("hyperVGeneration", form.generation());
    }
  }
}
