// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.walcast.core.error.WalException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The directions between the modules, and the rules that no compiler knows. */
class ArchitectureTest {
    private static final JavaClasses WALCAST = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/transport/grpc/v1/")) // generated
            .importPackages("io.walcast");

    private static final String OURS = "io.walcast..";
    private static final String[] WAL_CORE = {
        "io.walcast.core..",
        "io.walcast.command",
        "io.walcast.auth",
        "io.walcast.guc",
        "io.walcast.ipc",
        "io.walcast.tls",
        "io.walcast.transport",
        "io.walcast.transport.client",
        "io.walcast.transport.server"
    };
    private static final String[] ANNOTATIONS = {"org.jspecify.annotations", "com.google.errorprone.annotations.."};
    private static final String LIBPQ = "io.walcast.transport.libpq..";
    private static final String GRPC = "io.walcast.transport.grpc..";
    private static final String WALRECEIVER = "io.walcast.walreceiver..";
    private static final String WALSENDER = "io.walcast.walsender..";
    private static final String POSTMASTER = "io.walcast.postmaster..";
    private static final String TESTKIT = "io.walcast.testkit..";

    /** Words that say nothing, and what PostgreSQL calls so itself. */
    private static final Pattern EMPTY_WORD =
            Pattern.compile(".*(Manager|Helper|Utils?|Impl|Base|Info|Data)|Abstract[A-Z].*|I[A-Z][a-z].*");

    private static final List<String> WORDS_OF_POSTGRESQL = List.of("XLogData", "SenderInfo", "ResourceManager");

    @Test
    void seesAllModules() {
        for (String module :
                List.of(WAL_CORE[0], WAL_CORE[1], WAL_CORE[2], LIBPQ, GRPC, WALRECEIVER, POSTMASTER, TESTKIT)) {
            assertThat(WALCAST.that(resideInAPackage(module))).as(module).isNotEmpty();
        }
    }

    @Test
    void walCoreNeedsTheJdkOnly() {
        classes()
                .that()
                .resideInAnyPackage(WAL_CORE)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(WAL_CORE)
                        .or(resideInAnyPackage("java..", "javax.."))
                        .or(resideInAnyPackage(ANNOTATIONS)))
                .check(WALCAST);
    }

    @Test
    void valuesKnowNoProcesses() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.walcast.core",
                        "io.walcast.core.error",
                        "io.walcast.core.protocol",
                        "io.walcast.command",
                        "io.walcast.auth",
                        "io.walcast.guc")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.walcast.ipc", "io.walcast.transport")
                .check(WALCAST);
        noClasses()
                .that()
                .resideInAPackage("io.walcast.ipc")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.walcast.transport")
                .check(WALCAST);
    }

    @Test
    void aTransportSeesWalCoreOnly() {
        onlySees(LIBPQ, LIBPQ);
        onlySees(GRPC, GRPC);
    }

    @Test
    void aRoleSeesNeitherATransportNorAnotherRole() {
        onlySees(WALRECEIVER, WALRECEIVER);
        onlySees(WALSENDER, WALSENDER);
    }

    @Test
    void theTestKitSeesWalCoreOnly() {
        onlySees(TESTKIT, TESTKIT);
    }

    @Test
    void thePostmasterLinksNoTransportAndNoTestKit() {
        onlySees(POSTMASTER, POSTMASTER, WALRECEIVER, WALSENDER);
    }

    private static void onlySees(String module, String... besidesWalCore) {
        DescribedPredicate<JavaClass> foreign = resideInAPackage(OURS)
                .and(not(resideInAnyPackage(WAL_CORE)))
                .and(not(resideInAnyPackage(besidesWalCore)));
        noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat(foreign)
                .check(WALCAST);
    }

    @Test
    void networkLibrariesStayInTheTransports() {
        staysIn(new String[] {LIBPQ, GRPC}, "io.netty..");
        staysIn(new String[] {GRPC}, "io.grpc..", "com.google.protobuf..", "com.google.rpc..");
    }

    @Test
    void whatTheProgramAloneNeedsStaysInPostmaster() {
        staysIn(new String[] {POSTMASTER}, "picocli..", "ch.qos.logback..", "com.fasterxml.jackson..");
    }

    private static void staysIn(String[] modules, String... libraries) {
        noClasses()
                .that()
                .resideOutsideOfPackages(modules)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries)
                .check(WALCAST);
    }

    /** An interrupted thread would close the file it writes. */
    @Test
    void nobodyInterruptsAThreadThatHoldsAFile() {
        noClasses()
                .that()
                .resideInAnyPackage("io.walcast.core.storage..", WALRECEIVER, WALSENDER)
                .should()
                .callMethod(Thread.class, "interrupt")
                .orShould()
                .callMethod(ExecutorService.class, "shutdownNow")
                .orShould()
                .callMethod(Future.class, "cancel", boolean.class)
                .check(WALCAST);
    }

    /** What is written through a mapping fails by a signal, not by an error that could be reported. */
    @Test
    void nobodyMapsAFileForWriting() {
        noClasses()
                .should()
                .accessField(FileChannel.MapMode.class, "READ_WRITE")
                .check(WALCAST);
    }

    @Test
    void everyErrorOfOursIsInOnePackage() {
        classes()
                .that()
                .areAssignableTo(WalException.class)
                .should()
                .resideInAPackage("io.walcast.core.error")
                .check(WALCAST);
        assertThat(WalException.class).isSealed();
    }

    @Test
    void noNameHoldsAnEmptyWord() {
        assertThat(WALCAST)
                .extracting(JavaClass::getSimpleName)
                .filteredOn(name -> !WORDS_OF_POSTGRESQL.contains(name))
                .noneMatch(name -> EMPTY_WORD.matcher(name).matches());
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(WALCAST.getPackage("io.walcast").getSubpackagesInTree())
                .filteredOn(javaPackage -> !javaPackage.getClasses().isEmpty() && !isGenerated(javaPackage))
                .isNotEmpty()
                .allMatch(ArchitectureTest::isNullMarked);
    }

    private static boolean isGenerated(JavaPackage javaPackage) {
        return javaPackage.getName().equals("io.walcast.transport.grpc.v1");
    }

    private static boolean isNullMarked(JavaPackage javaPackage) {
        return javaPackage
                .tryGetPackageInfo()
                .map(description -> description.isAnnotatedWith(NullMarked.class))
                .orElse(false);
    }
}
