package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lifeboat.testbed.azure.Operations.Operation;
import dev.lifeboat.testbed.azure.Operations.Work;

/** Changes resources by operations that take time. Its callers hold the cloud's lock. */
final class Provisioner {
  private final Cloud cloud;
  private final Operations operations;

  Provisioner(Cloud cloud, Operations operations) {
    this.cloud = cloud;
    this.operations = operations;
  }

  /** Puts a resource into a state until the work is done, behind the work it is under already. */
  Operation begin(String call, Resource resource, String during, Work work) {
    resource.provisioning(during);
    Operation operation =
        operations.begin(
            call,
            resource.current(),
            () -> {
              JsonNode result = work.run();
              set(resource, "Succeeded");
              return result;
            },
            () -> set(resource, "Failed"));
    resource.current(operation);
    return operation;
  }

  private void set(Resource resource, String state) {
    synchronized (cloud) {
      resource.provisioning(state);
    }
  }

  /** A resource that is going away cannot be ordered again before it is gone. */
  static void requireStaying(Resource resource) {
    if (resource.busy() && resource.provisioning().equals("Deleting")) {
      throw ArmException.concurrent();
    }
  }

  /** An answer with the resource's document, and where the operation on it is asked about. */
  Answer accepted(int status, Resource resource, Call call) {
    Answer answer = Answer.of(status, resource.json());
    return resource
        .current()
        .filter(o -> !o.done())
        .map(o ->
            operations
                .accepted(answer, call, namespace(resource), o)
                .pending(o, () -> document(status == 202 ? 200 : status, resource)))
        .orElse(answer);
  }

  private Answer document(int status, Resource resource) {
    synchronized (cloud) {
      return Answer.of(status, resource.json());
    }
  }

  /** An answer without a document. */
  Answer accepted(Resource resource, Call call, Operation operation) {
    return operations
        .accepted(Answer.empty(202), call, namespace(resource), operation)
        .pending(operation, () -> Answer.of(200, Operations.result(operation)));
  }

  private static String namespace(Resource resource) {
    String type = resource.id().type();
    return type.substring(0, type.indexOf('/'));
  }

  /** Refuses a name that the service does not take. */
  static void checkName(ResourceId id, String shown, int longest) {
    String name = id.name();
    boolean good =
        name.length() <= longest
            && name.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")
            && !name.matches(".*[.-]$");
    if (!good) {
      throw ArmException.invalidParameter(
          "The entity name '%s' is invalid according to its validation rule: ^[^_\\W][\\w-._]{0,%d}(?<![-.])$."
              .formatted(shown, longest - 1));
    }
  }
}
