package dev.rowcast.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * The rules of the architecture, each giving the sentences that say where the code breaks it.
 *
 * <p>Immutable.
 *
 * @param root the package above all of ours
 */
record ArchitectureRules(String root, ArchitecturePage page, JavaClasses classes) {
  private static final Pattern BANNED_NAME =
      Pattern.compile(".*(Impl|Utils?|Helper|Manager|Context)");
  private static final Set<String> CLOCKS =
      Set.of(
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          "java.lang.Thread.sleep");

  List<String> packagesWithoutRow() {
    return ours()
        .map(this::row)
        .filter(Predicate.not(page.mayUse()::containsKey))
        .distinct()
        .map(row -> "package " + row + " has no row in docs/ARCHITECTURE.md")
        .sorted()
        .toList();
  }

  List<String> rowsWithoutPackage() {
    var packages = ours().map(this::row).toList();
    return page.mayUse().keySet().stream()
        .filter(Predicate.not(packages::contains))
        .map(row -> "the row of " + row + " in docs/ARCHITECTURE.md has no package")
        .toList();
  }

  List<String> forbiddenImports() {
    return ours()
        .flatMap(user ->
            uses(user)
                .filter(used -> isUnder(root, used) && !row(used).equals(row(user)))
                .filter(
                    used -> !page.mayUse().getOrDefault(row(user), Set.of()).contains(row(used)))
                .map(used -> name(user) + " uses " + name(used)))
        .distinct()
        .sorted()
        .toList();
  }

  List<String> foreignLibrariesOutOfPlace() {
    return ours()
        .flatMap(user ->
            uses(user)
                .filter(used -> !isAllowed(user, used))
                .map(used -> name(user) + " uses " + used.getName()))
        .distinct()
        .sorted()
        .toList();
  }

  List<String> clocksOutsideBase() {
    return ours()
        .filter(user -> !row(user).equals("base"))
        .flatMap(user ->
            user.getAccessesFromSelf().stream()
                .map(call -> call.getTargetOwner().getName() + "." + call.getTarget().getName())
                .filter(CLOCKS::contains)
                .map(call -> name(user) + " calls " + call))
        .distinct()
        .sorted()
        .toList();
  }

  List<String> packagesNotNullMarked() {
    return ours()
        .map(JavaClass::getPackage)
        .distinct()
        .filter(found -> !found.isAnnotatedWith(NullMarked.class))
        .map(found -> found.getName() + " has no package-info.java with @NullMarked")
        .sorted()
        .toList();
  }

  List<String> bannedNames() {
    return ours()
        .filter(found -> BANNED_NAME.matcher(found.getSimpleName()).matches())
        .map(found -> name(found) + " says in its name that it has no subject")
        .sorted()
        .toList();
  }

  private boolean isAllowed(JavaClass user, JavaClass used) {
    return page.onlyIn().entrySet().stream()
        .filter(library -> isUnder(library.getKey(), used))
        .max(Comparator.comparingInt(library -> library.getKey().length()))
        .map(library ->
            library.getValue().stream().anyMatch(name -> isUnder(root + "." + name, user)))
        .orElse(true);
  }

  private Stream<JavaClass> ours() {
    return classes.stream()
        .filter(found -> isUnder(root, found) && !found.getSimpleName().equals("package-info"));
  }

  private static Stream<JavaClass> uses(JavaClass user) {
    return user.getDirectDependenciesFromSelf().stream()
        .map(dependency -> dependency.getTargetClass().getBaseComponentType());
  }

  /** Whether a class is, or is somewhere below, a package or class of this name. */
  private static boolean isUnder(String name, JavaClass found) {
    return (found.getName().replace('$', '.') + ".").startsWith(name + ".");
  }

  /** The first word below the root; a class in the root itself has the row {@code (root)}. */
  private String row(JavaClass found) {
    var rest = (found.getPackageName() + ".").substring(root.length() + 1);
    return rest.isEmpty() ? "(root)" : rest.substring(0, rest.indexOf('.'));
  }

  private String name(JavaClass found) {
    return found.getName().substring(root.length() + 1);
  }
}
