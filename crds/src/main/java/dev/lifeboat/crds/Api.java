package dev.lifeboat.crds;

/** Names that all kinds share. */
public final class Api {
  public static final String GROUP = "dr.lifeboat.dev";
  public static final String VERSION = "v1alpha1";

  /** On a ProtectedVM: another text shuts its agent out and asks for a new command. */
  public static final String ENROL_AGAIN = GROUP + "/enrol-again";

  static final String READY = ".status.conditions[?(@.type==\"Ready\")].status";
  static final String READY_REASON = ".status.conditions[?(@.type==\"Ready\")].reason";
  static final String CREATED = ".metadata.creationTimestamp";

  static final String UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
  static final String NAME = "^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$";
  static final String SUBNET =
      "^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.Network/virtualNetworks"
          + "/[^/]+/subnets/[^/]+$";
  static final String IPV4 = "^([0-9]{1,3}\\.){3}[0-9]{1,3}$";
  static final String VM_SIZE = "^[A-Za-z0-9_]{1,64}$";

  private Api() {}
}
