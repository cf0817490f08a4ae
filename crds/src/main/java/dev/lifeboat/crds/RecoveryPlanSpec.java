package dev.lifeboat.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Groups of machines, in the order in which they come up. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "self.groups.all(g, g.members.all(m, self.groups.filter(h, m in h.members).size() == 1))",
    message = "a machine must stand in one group only")
@ValidationRule(
    value = "self.groups.all(g, self.groups.filter(h, h.name == g.name).size() == 1)",
    message = "the names of the groups must differ")
public record RecoveryPlanSpec(
    @Required
        @Size(min = 1, max = 7)
        @JsonPropertyDescription(
            "Groups, one after the other; the members of a group come up in parallel.")
        List<Group> groups,
    @Default("Stop")
        @JsonPropertyDescription("Whether the next group begins when a member of one has failed.")
        OnError onError) {

  /** What a failed member means for the groups after its own. */
  public enum OnError {
    Stop,
    Continue
  }

  /** Machines that come up in parallel. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @ValidationRule(
      value = "self.members.all(m, self.members.filter(n, n == m).size() == 1)",
      message = "a machine must stand in a group only once")
  public record Group(
      @Required
          @Pattern("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
          @Size(max = 63)
          @JsonPropertyDescription("What the group is called.")
          String name,
      @Required
          @Size(min = 1, max = 20)
          @JsonPropertyDescription("Names of ProtectedVMs in the same namespace.")
          List<@Pattern(Api.NAME) @Size(max = 253) String> members) {
    public Group {
      members = members == null ? List.of() : List.copyOf(members);
    }
  }

  public RecoveryPlanSpec {
    groups = groups == null ? List.of() : List.copyOf(groups);
    onError = onError == null ? OnError.Stop : onError;
  }
}
