package dev.lifeboat.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The storage account that recovery points live in. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.endpoint == oldSelf.endpoint",
    message =
        "the vault's endpoint is immutable: points stay where they are; make another policy for"
            + " another vault")
public record VaultSpec(
    @Required
        @Pattern("^https://[^ ?#]+$")
        @Size(max = 256)
        @JsonPropertyDescription(
            "Address of the storage account, such as https://ACCOUNT.blob.core.windows.net.")
        String endpoint,
    @JsonPropertyDescription(
            "Credential of the account: key `sas` (the query string of a SAS of the account that"
                + " may create, read, write and list in both containers), or keys `account` and"
                + " `accountKey`. Left out: the managed identity of the node that a pod runs on;"
                + " workload identity does not work yet.")
        SecretRef credentialSecretRef,
    @JsonPropertyDescription(
            "Key `ca.crt`: PEM certificates that the account is checked against instead of the"
                + " system's.")
        SecretRef caSecretRef,
    @Required
        @JsonPropertyDescription(
            "Key `recovery.key`: wraps the data key of every machine. Keep a copy outside of this"
                + " cluster: without it nothing comes back.")
        SecretRef recoveryKeySecretRef,
    @Default("lifeboat-log")
        @Pattern("^[a-z0-9](-?[a-z0-9]){2,62}$")
        @JsonPropertyDescription("Container of the logs; made when it is missing.")
        String logContainer,
    @Default("lifeboat-head")
        @Pattern("^[a-z0-9](-?[a-z0-9]){2,62}$")
        @JsonPropertyDescription("Container of the heads; made when it is missing.")
        String headContainer) {

  public VaultSpec {
    logContainer = logContainer == null ? "lifeboat-log" : logContainer;
    headContainer = headContainer == null ? "lifeboat-head" : headContainer;
  }
}
