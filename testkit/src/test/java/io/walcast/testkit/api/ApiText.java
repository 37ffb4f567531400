// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is public or protected in some packages: a line for each type and member, by what identifies it, with the rest of what
 * a caller or implementer is compiled against. Type parameters' bounds and annotations are left out.
 */
final class ApiText {
    /** Records whose components may become more: made by their static methods only, as they say themselves. */
    private static final Set<String> MADE_BY_METHODS =
            Set.of("io.walcast.transport.ConnectOptions", "io.walcast.transport.ListenOptions");

    /** Every object, and every enum, has them. */
    private static final Set<String> EVERYWHERE =
            Set.of("equals(java.lang.Object)", "hashCode()", "toString()", "values()", "valueOf(java.lang.String)");

    private final Map<String, String> lines = new TreeMap<>();

    private ApiText() {}

    /** Returns the API of each package, found where the class that is named with it was loaded from. */
    static Map<String, String> of(Map<String, Class<?>> packages) {
        ApiText text = new ApiText();
        packages.forEach((name, neighbour) -> classNames(name, neighbour).forEach(each -> text.add(load(each))));
        return text.lines;
    }

    private static Collection<String> classNames(String packageName, Class<?> neighbour) {
        String folder = packageName.replace('.', '/');
        try {
            URI place = neighbour
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            Path path = Path.of(place);
            if (Files.isDirectory(path)) {
                return classNames(packageName, path.resolve(folder));
            }
            try (FileSystem jar = FileSystems.newFileSystem(path)) {
                return classNames(packageName, jar.getPath(folder));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static List<String> classNames(String packageName, Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
                    .map(file -> packageName + "." + file.substring(0, file.length() - ".class".length()))
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ApiText.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private void add(Class<?> type) {
        if (!isPromised(type)) {
            return;
        }
        lines.put(type.getName(), describe(type));
        for (Field field : type.getDeclaredFields()) {
            if (isPromised(field.getModifiers(), type) && !field.isSynthetic()) {
                put(type, "field " + field.getName(), modifiers(field.getModifiers()), describe(field));
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isPromised(constructor.getModifiers(), type) && !MADE_BY_METHODS.contains(type.getName())) {
                put(type, "new" + parameters(constructor), modifiers(constructor.getModifiers()), "");
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (isPromised(method.getModifiers(), type) && !method.isSynthetic()) {
                put(
                        type,
                        method.getName() + parameters(method),
                        modifiers(method.getModifiers()) + (method.isDefault() ? " default" : ""),
                        method.getGenericReturnType().getTypeName() + thrown(method));
            }
        }
    }

    private static boolean isPromised(Class<?> type) {
        for (Class<?> each = type; each != null; each = each.getEnclosingClass()) {
            boolean seen = Modifier.isPublic(each.getModifiers()) || Modifier.isProtected(each.getModifiers());
            if (!seen || each.isAnonymousClass() || each.isSynthetic()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPromised(int modifiers, Class<?> in) {
        return Modifier.isPublic(modifiers)
                || (Modifier.isProtected(modifiers) && !Modifier.isFinal(in.getModifiers()));
    }

    private void put(Class<?> type, String member, String modifiers, String rest) {
        if (EVERYWHERE.contains(member)) {
            return;
        }
        lines.put(type.getName() + " " + member, (modifiers + " " + rest).strip());
    }

    private static String describe(Class<?> type) {
        String kind = type.isAnnotation()
                ? "annotation"
                : type.isInterface() ? "interface" : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
        List<String> parts = new ArrayList<>(List.of(modifiers(type.getModifiers() & ~Modifier.INTERFACE), kind));
        Type parent = type.getGenericSuperclass();
        if (parent != null && !type.isEnum() && !type.isRecord() && parent != Object.class) {
            parts.add("extends " + parent.getTypeName());
        }
        if (type.getGenericInterfaces().length > 0) {
            parts.add("implements " + names(type.getGenericInterfaces()));
        }
        Class<?>[] permitted = type.getPermittedSubclasses();
        if (permitted != null && !type.isEnum()) {
            parts.add("permits " + names(permitted));
        }
        return String.join(" ", parts);
    }

    private static String names(Type[] types) {
        return Arrays.stream(types).map(Type::getTypeName).sorted().collect(Collectors.joining(", "));
    }

    private static String describe(Field field) {
        boolean constant = Modifier.isStatic(field.getModifiers())
                && Modifier.isFinal(field.getModifiers())
                && (field.getType().isPrimitive() || field.getType() == String.class);
        try {
            return field.getGenericType().getTypeName() + (constant ? " = " + field.get(null) : "");
        } catch (IllegalAccessException e) {
            return field.getGenericType().getTypeName();
        }
    }

    private static String parameters(Executable executable) {
        return Arrays.stream(executable.getGenericParameterTypes())
                .map(Type::getTypeName)
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String thrown(Method method) {
        return method.getExceptionTypes().length == 0 ? "" : " throws " + names(method.getExceptionTypes());
    }

    private static String modifiers(int modifiers) {
        return Modifier.toString(
                modifiers & ~(Modifier.TRANSIENT | Modifier.VOLATILE | Modifier.SYNCHRONIZED | Modifier.NATIVE));
    }
}
