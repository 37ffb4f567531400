// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tests of this class, or this test, run programs that not every machine has.
 *
 * <p>Where one of them is missing the tests are left out and the build says so at its end; on a machine with {@code
 * CI=true} they fail. {@link ToolPath} tells where programs are looked for.
 */
@Documented
@ExtendWith(ToolCondition.class)
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface RequiresTool {

    /** Returns the names of the programs, for example {@code pg_receivewal}. */
    String[] value();

    /** Returns what the build calls these tests when it left them out; if empty, the name of the class or test. */
    String group() default "";
}
