// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Looks for the programs that {@link RequiresTool} names. */
final class ToolCondition implements ExecutionCondition {
    private final ToolPath path;
    private final MissingGroups missingGroups;

    ToolCondition() {
        this(ToolPath.ofEnvironment(), MissingGroups.ofBuild());
    }

    ToolCondition(ToolPath path, MissingGroups missingGroups) {
        this.path = path;
        this.missingGroups = missingGroups;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<RequiresTool> required = AnnotationSupport.findAnnotation(context.getElement(), RequiresTool.class);
        if (required.isEmpty()) {
            return ConditionEvaluationResult.enabled("no tool required");
        }
        String group = required.get().group();
        return evaluate(
                group.isEmpty() ? nameOf(context) : group,
                List.of(required.get().value()));
    }

    private static String nameOf(ExtensionContext context) {
        String type = context.getRequiredTestClass().getSimpleName();
        return context.getTestMethod()
                .map(method -> type + "." + method.getName())
                .orElse(type);
    }

    ConditionEvaluationResult evaluate(String group, List<String> tools) {
        List<String> missing =
                tools.stream().filter(tool -> path.find(tool).isEmpty()).toList();
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("found: " + String.join(", ", tools));
        }
        String why = "not found: " + String.join(", ", missing);
        missingGroups.add(group, why);
        return ConditionEvaluationResult.disabled(why);
    }
}
