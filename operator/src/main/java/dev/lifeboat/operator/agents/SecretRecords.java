package dev.lifeboat.operator.agents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.crds.Api;
import dev.lifeboat.crds.ProtectedVM;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Agents' records in Secrets that belong to their ProtectedVMs. A change is refused by the API
 * server when another was faster, and is then made again on what is there.
 */
public final class SecretRecords implements AgentRecords {

  static final String LABEL = Api.GROUP + "/agent-of";

  private static final String RECORD = "agent.json";
  private static final String COMMAND = "command";
  private static final int CONFLICT = 409;
  private static final int RIVALS = 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final String namespace;

  public SecretRecords(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /** Name of the Secret of a ProtectedVM. */
  public static String secretName(String machine) {
    return machine + "-agent";
  }

  @Override
  public List<Named> all() {
    List<Named> found = new ArrayList<>();
    for (Secret secret :
        client.secrets().inNamespace(namespace).withLabel(LABEL).list().getItems()) {
      found.add(new Named(secret.getMetadata().getLabels().get(LABEL), read(secret)));
    }
    return found;
  }

  /** The record of a ProtectedVM. */
  public Optional<AgentRecord> of(String machine) {
    return Optional.ofNullable(get(machine)).map(SecretRecords::read);
  }

  private Secret get(String machine) {
    return client.secrets().inNamespace(namespace).withName(secretName(machine)).get();
  }

  /** Makes the Secret, with the command that carries the token; one that is there stays. */
  public void create(ProtectedVM machine, AgentRecord agent, String command) {
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(secretName(machine.getMetadata().getName()))
            .withNamespace(namespace)
            .addToLabels(LABEL, machine.getMetadata().getName())
            .addToLabels("app.kubernetes.io/managed-by", "lifeboat")
            .withOwnerReferences(
                new OwnerReferenceBuilder()
                    .withApiVersion(machine.getApiVersion())
                    .withKind(machine.getKind())
                    .withName(machine.getMetadata().getName())
                    .withUid(machine.getMetadata().getUid())
                    .withController(true)
                    .build())
            .endMetadata()
            .withData(Map.of(RECORD, encode(write(agent)), COMMAND, encode(command)))
            .build();
    try {
      client.secrets().inNamespace(namespace).resource(secret).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != CONFLICT) {
        throw e;
      }
    }
  }

  /** Takes the Secret away. */
  public void remove(String machine) {
    client.secrets().inNamespace(namespace).withName(secretName(machine)).delete();
  }

  /** Gives a ProtectedVM a new token, with its command, unless the change leaves the record. */
  public Optional<AgentRecord> renewToken(
      String machine, UnaryOperator<AgentRecord> change, String command) {
    return update(machine, change, Optional.of(command));
  }

  @Override
  public Optional<AgentRecord> change(String machine, UnaryOperator<AgentRecord> change) {
    return update(machine, change, Optional.empty());
  }

  private Optional<AgentRecord> update(
      String machine, UnaryOperator<AgentRecord> change, Optional<String> command) {
    for (int i = 0; i < RIVALS; i++) {
      Secret secret = get(machine);
      if (secret == null) {
        return Optional.empty();
      }
      AgentRecord was = read(secret);
      AgentRecord next = change.apply(was);
      if (next.equals(was)) {
        return Optional.of(was);
      }
      SecretBuilder builder = new SecretBuilder(secret).addToData(RECORD, encode(write(next)));
      if (next.tokenHash().isEmpty()) {
        builder = builder.removeFromData(COMMAND);
      }
      if (command.isPresent()) {
        builder = builder.addToData(COMMAND, encode(command.get()));
      }
      try {
        client.secrets().inNamespace(namespace).resource(builder.build()).update();
        return Optional.of(next);
      } catch (KubernetesClientException e) {
        if (e.getCode() != CONFLICT) {
          throw e;
        }
      }
    }
    throw new IllegalStateException("the Secret of " + machine + " changes all the time");
  }

  private static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String write(AgentRecord agent) {
    try {
      return JSON.writeValueAsString(agent);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plain fields always become JSON", e);
    }
  }

  private static AgentRecord read(Secret secret) {
    try {
      String text = secret.getData() == null ? null : secret.getData().get(RECORD);
      if (text != null) {
        return JSON.readValue(Base64.getDecoder().decode(text), AgentRecord.class);
      }
    } catch (java.io.IOException | IllegalArgumentException e) {
      throw new IllegalStateException(damaged(secret), e);
    }
    throw new IllegalStateException(damaged(secret));
  }

  private static String damaged(Secret secret) {
    return "Secret "
        + secret.getMetadata().getName()
        + " holds no agent's record: delete it, and enrol the machine again";
  }
}
