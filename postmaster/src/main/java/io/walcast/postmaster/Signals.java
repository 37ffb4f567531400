// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * Turns signals into calls, each on a thread of its own.
 *
 * <p>A shutdown hook would not do to stop: the exit code would be the signal's, and a second signal would be ignored. The
 * handler's type belongs to {@code jdk.unsupported}, which a compiler for Java 17 only accepts with a warning, hence the
 * reflection. A SIGHUP that was ignored when the program started ({@code nohup}) stays ignored where it would stop the
 * program.
 */
public final class Signals {
    private static final int SIGNALED = 128;

    private final IntConsumer handler;

    private Signals(IntConsumer handler) {
        this.handler = handler;
    }

    /** Has {@code stop} run at the first SIGINT, SIGTERM or SIGHUP; the second one ends the process at once. */
    public static void stopOnHangup(Runnable stop) {
        IntConsumer stopping = stopping(stop);
        install(List.of("INT", "TERM"), stopping, false);
        install(List.of("HUP"), stopping, true);
    }

    /** Has {@code stop} run at the first SIGINT or SIGTERM, and {@code reload} at every SIGHUP. */
    public static void reloadOnHangup(Runnable stop, Runnable reload) {
        install(List.of("INT", "TERM"), stopping(stop), false);
        install(List.of("HUP"), signal -> reload.run(), false);
    }

    private static IntConsumer stopping(Runnable stop) {
        AtomicBoolean stopped = new AtomicBoolean();
        return number -> {
            if (stopped.getAndSet(true)) {
                Runtime.getRuntime().halt(SIGNALED + number);
            }
            stop.run();
        };
    }

    private static void install(List<String> names, IntConsumer handler, boolean unlessIgnored) {
        Signals signals = new Signals(handler);
        for (String name : names) {
            try {
                signals.install(name, unlessIgnored);
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                // A Java without such signals, or told to leave them alone: they keep their default effect.
                return;
            }
        }
    }

    private void install(String name, boolean unlessIgnored) throws ReflectiveOperationException {
        Class<?> signalClass = Class.forName("sun.misc.Signal");
        Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
        Method number = signalClass.getMethod("getNumber");
        Object proxy = Proxy.newProxyInstance(
                Signals.class.getClassLoader(), new Class<?>[] {handlerClass}, (self, method, arguments) -> {
                    if (method.getName().equals("handle")) {
                        handler.accept((Integer) number.invoke(arguments[0]));
                        return null;
                    }
                    return method.getName().equals("equals") ? (Object) (self == arguments[0]) : describe(method);
                });
        Object signal = signalClass.getConstructor(String.class).newInstance(name);
        Method handle = signalClass.getMethod("handle", signalClass, handlerClass);
        try {
            Object before = handle.invoke(null, signal, proxy);
            Object ignore = handlerClass.getField("SIG_IGN").get(null);
            if (unlessIgnored && before == ignore) {
                handle.invoke(null, signal, ignore);
            }
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Object describe(Method method) {
        return method.getName().equals("hashCode") ? (Object) System.identityHashCode(this) : "Signals";
    }
}
