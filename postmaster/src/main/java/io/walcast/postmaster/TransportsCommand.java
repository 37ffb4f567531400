// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import io.walcast.postmaster.status.Json;
import io.walcast.transport.WalReceiverTransport;
import io.walcast.transport.WalSenderTransport;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code walcast transports}: which transports there are. */
@Command(
        name = "transports",
        description =
                "List the transports that were found: their API version, what they can do, and where they are from.",
        mixinStandardHelpOptions = true)
final class TransportsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--output", paramLabel = "FORMAT", description = "text (default) or json")
    private Format format = Format.text;

    /** How to print it; the names are what the user types. */
    enum Format {
        text,
        json
    }

    /**
     * A transport, as it is shown.
     *
     * @param name to select it by
     * @param apiVersion the version of the API it was built against
     * @param ends {@code receives}, {@code serves} or both
     * @param from the jar or folder its classes are from
     */
    private record Row(String name, int apiVersion, List<String> ends, String from) {
        boolean isOf(Row other) {
            return name.equals(other.name) && apiVersion == other.apiVersion && from.equals(other.from);
        }

        String text() {
            return "%-12s API version %d  %-16s  %s".formatted(name, apiVersion, String.join(", ", ends), from);
        }

        Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", name);
            fields.put("api_version", apiVersion);
            fields.put("ends", ends);
            fields.put("from", from);
            return fields;
        }
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Transports transports = Transports.find(reason -> err.println("walcast transports: warning: " + reason));
        List<Row> rows = new ArrayList<>();
        for (WalReceiverTransport receiver : transports.receivers().all()) {
            add(row(receiver.name(), receiver.apiVersion(), "receives", receiver), rows);
        }
        for (WalSenderTransport sender : transports.senders().all()) {
            add(row(sender.name(), sender.apiVersion(), "serves", sender), rows);
        }
        rows.sort(Comparator.comparing(Row::name));
        if (format == Format.json) {
            out.println(Json.write(rows.stream().map(Row::fields).toList()));
        } else {
            rows.forEach(row -> out.println(row.text()));
        }
        return ExitCodes.OK;
    }

    private static Row row(String name, int apiVersion, String end, Object transport) {
        return new Row(name, apiVersion, new ArrayList<>(List.of(end)), from(transport));
    }

    private static void add(Row row, List<Row> rows) {
        for (Row known : rows) {
            if (known.isOf(row)) {
                known.ends().addAll(row.ends());
                return;
            }
        }
        rows.add(row);
    }

    private static String from(Object transport) {
        @Nullable CodeSource source = transport.getClass().getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return "";
        }
        try {
            return Path.of(source.getLocation().toURI()).toString();
        } catch (URISyntaxException | IllegalArgumentException e) {
            return source.getLocation().toString();
        }
    }
}
