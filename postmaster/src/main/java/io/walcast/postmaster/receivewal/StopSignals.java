// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Turns SIGINT, SIGTERM and SIGHUP into a request to stop; a second signal ends the process at once.
 *
 * <p>A shutdown hook would not do: the exit code would be the signal's, and a second signal would be ignored. The
 * handler's type belongs to {@code jdk.unsupported}, which a compiler for Java 17 only accepts with a warning, hence the
 * reflection. A SIGHUP that was ignored when the program started ({@code nohup}) stays ignored.
 */
final class StopSignals {
    private static final int SIGNALED = 128;

    private final Runnable stop;
    private final AtomicBoolean stopped = new AtomicBoolean();

    private StopSignals(Runnable stop) {
        this.stop = stop;
    }

    /** Has {@code stop} run, on a thread of its own, when the first signal arrives. */
    static void handle(Runnable stop) {
        StopSignals signals = new StopSignals(stop);
        for (String name : List.of("INT", "TERM", "HUP")) {
            try {
                signals.install(name);
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                // A Java without such signals, or told to leave them alone: they keep their default effect.
                return;
            }
        }
    }

    private void install(String name) throws ReflectiveOperationException {
        Class<?> signalClass = Class.forName("sun.misc.Signal");
        Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
        Method number = signalClass.getMethod("getNumber");
        Object handler = Proxy.newProxyInstance(
                StopSignals.class.getClassLoader(), new Class<?>[] {handlerClass}, (proxy, method, arguments) -> {
                    if (method.getName().equals("handle")) {
                        arrived((Integer) number.invoke(arguments[0]));
                        return null;
                    }
                    return method.getName().equals("equals") ? (Object) (proxy == arguments[0]) : describe(method);
                });
        Object signal = signalClass.getConstructor(String.class).newInstance(name);
        Method handle = signalClass.getMethod("handle", signalClass, handlerClass);
        try {
            Object before = handle.invoke(null, signal, handler);
            Object ignore = handlerClass.getField("SIG_IGN").get(null);
            if (name.equals("HUP") && before == ignore) {
                handle.invoke(null, signal, ignore);
            }
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Object describe(Method method) {
        return method.getName().equals("hashCode") ? (Object) System.identityHashCode(this) : "StopSignals";
    }

    private void arrived(int number) {
        if (stopped.getAndSet(true)) {
            Runtime.getRuntime().halt(SIGNALED + number);
        }
        stop.run();
    }
}
