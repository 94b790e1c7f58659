package dev.rowcast.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The product keeps the rules of {@code docs/ARCHITECTURE.md}; and each rule can be broken. */
final class ArchitectureTest {

  @Nested
  final class Product {
    private final ArchitectureRules rules = product();

    @Test
    void everyPackageHasARow() {
      assertThat(rules.packagesWithoutRow()).isEmpty();
    }

    @Test
    void everyRowHasAPackage() {
      assertThat(rules.rowsWithoutPackage()).isEmpty();
    }

    @Test
    void importsGoDownwardOnly() {
      assertThat(rules.forbiddenImports()).isEmpty();
    }

    @Test
    void foreignLibrariesStayInTheirPackages() {
      assertThat(rules.foreignLibrariesOutOfPlace()).isEmpty();
    }

    @Test
    void theClockAndThePauseAreInjected() {
      assertThat(rules.clocksOutsideBase()).isEmpty();
    }

    @Test
    void everyPackageIsNullMarked() {
      assertThat(rules.packagesNotNullMarked()).isEmpty();
    }

    @Test
    void namesHaveASubject() {
      assertThat(rules.bannedNames()).isEmpty();
    }
  }

  /** The package {@code fixture} breaks every rule once. */
  @Nested
  final class Fixture {
    private static final String ROOT = "dev.rowcast.architecture.fixture";
    private static final String PAGE =
        """
        | level | package | one-line rule | may use |
        |---|---|---|---|
        | 0 | `low` | Below. | - |
        | 1 | `high` | Above. | `low` |
        | 1 | `absent` | Nowhere. | - |

        | library | only in | why |
        |---|---|---|
        | `java.util` | `high` | For the test. |
        | `java.util.concurrent` | `low` | The longer prefix decides. |
        """;

    private final ArchitectureRules rules =
        new ArchitectureRules(
            ROOT, ArchitecturePage.parse(PAGE), new ClassFileImporter().importPackages(ROOT));

    @Test
    void aPackageWithoutARowIsNamed() {
      assertThat(rules.packagesWithoutRow())
          .containsExactly("package unlisted has no row in docs/ARCHITECTURE.md");
    }

    @Test
    void aRowWithoutAPackageIsNamed() {
      assertThat(rules.rowsWithoutPackage())
          .containsExactly("the row of absent in docs/ARCHITECTURE.md has no package");
    }

    @Test
    void anImportUpwardIsNamed() {
      assertThat(rules.forbiddenImports()).containsExactly("low.Climber uses high.Neighbour");
    }

    @Test
    void aForeignLibraryOutOfPlaceIsNamed() {
      assertThat(rules.foreignLibrariesOutOfPlace())
          .containsExactly(
              "high.Neighbour uses java.util.concurrent.Semaphore",
              "low.sub.Borrower uses java.util.BitSet");
    }

    @Test
    void aClockReadOutsideBaseIsNamed() {
      assertThat(rules.clocksOutsideBase())
          .containsExactly("unlisted.ClockHelper calls java.lang.System.nanoTime");
    }

    @Test
    void aPackageThatIsNotNullMarkedIsNamed() {
      assertThat(rules.packagesNotNullMarked())
          .containsExactly(ROOT + ".unlisted has no package-info.java with @NullMarked");
    }

    @Test
    void aNameWithoutASubjectIsNamed() {
      assertThat(rules.bannedNames())
          .containsExactly("unlisted.ClockHelper says in its name that it has no subject");
    }
  }

  @Test
  void aRowThatDoesNotFitItsTableIsRefused() {
    assertThatThrownBy(() ->
            ArchitecturePage.parse(
                """
                | level | package | one-line rule | may use |
                |---|---|---|---|
                | 0 | `base` | - |
                """))
        .hasMessageContaining("not a row of its table: | 0 | `base` | - |");
  }

  @Test
  void twoRowsOfOnePackageAreRefused() {
    assertThatThrownBy(() ->
            ArchitecturePage.parse(
                """
                | level | package | one-line rule | may use |
                |---|---|---|---|
                | 0 | `base` | One. | - |
                | 0 | `base` | Two. | - |
                """))
        .hasMessageContaining("two rows for `base`");
  }

  private static ArchitectureRules product() {
    try {
      return new ArchitectureRules(
          "dev.rowcast",
          ArchitecturePage.parse(Files.readString(Path.of("../docs/ARCHITECTURE.md"))),
          new ClassFileImporter()
              .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
              .withImportOption(location -> !location.contains("/embedded/"))
              .withImportOption(location -> !location.contains("rowcast-embedded"))
              .importPackages("dev.rowcast"));
    } catch (IOException e) {
      throw new IllegalStateException("docs/ARCHITECTURE.md cannot be read", e);
    }
  }
}
