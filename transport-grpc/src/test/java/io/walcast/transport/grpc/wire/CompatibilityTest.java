// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.walcast.transport.grpc.v1.ReplicationOuterClass;
import io.walcast.transport.grpc.v1.SessionResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Old and new ends understand each other. */
class CompatibilityTest {
    private static final String SNAPSHOT = "/walcast.replication.v1.txt";
    private static final FileDescriptor FILE = ReplicationOuterClass.getDescriptor();
    private static final int FUTURE_FIELD = 500;

    /** Every message of the file, those within others included. */
    static Stream<Descriptor> messages() {
        return FILE.getMessageTypes().stream().flatMap(CompatibilityTest::withNested);
    }

    private static Stream<Descriptor> withNested(Descriptor message) {
        return Stream.concat(
                Stream.of(message),
                message.getNestedTypes().stream()
                        .filter(nested -> !nested.getOptions().getMapEntry())
                        .flatMap(CompatibilityTest::withNested));
    }

    @Test
    void nothingOfVersionOneWasRemovedOrChanged() throws IOException {
        assertThat(elements(FILE))
                .as("Within v1 fields and methods are only added. What is missing here was removed, renamed, "
                        + "renumbered or got another type: put it back, and add a new field or method instead.")
                .containsAll(snapshot());
    }

    @Test
    void whatIsNewIsInTheSnapshot() throws IOException {
        assertThat(snapshot())
                .as("Something was added to replication.proto. If it is to stay, add the lines that are missing here "
                        + "to src/test/resources" + SNAPSHOT + ", in any place.")
                .containsAll(elements(FILE));
    }

    @Test
    void theSnapshotWouldNoticeChanges() throws Exception {
        FileDescriptorProto.Builder changed = FILE.toProto().toBuilder();
        int lines = elements(FILE).size();
        changed.getMessageTypeBuilder(0).getFieldBuilder(0).setNumber(99);
        changed.getMessageTypeBuilder(1).getFieldBuilder(0).setName("other");
        changed.getMessageTypeBuilder(1).getFieldBuilder(4).setType(FieldDescriptorProto.Type.TYPE_UINT64);
        changed.getServiceBuilder(0).removeMethod(1);
        FileDescriptor file = FileDescriptor.buildFrom(changed.build(), new FileDescriptor[0]);

        List<String> missing = new ArrayList<>(snapshot());
        missing.removeAll(elements(file));

        assertThat(missing).hasSize(4);
        assertThat(elements(file)).hasSize(lines - 1);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageSurvivesAFieldThatItDoesNotKnow(Descriptor type) throws Exception {
        Message message = filled(type, 3);
        UnknownFieldSet later = UnknownFieldSet.newBuilder()
                .addField(
                        FUTURE_FIELD,
                        UnknownFieldSet.Field.newBuilder()
                                .addVarint(-1)
                                .addFixed32(7)
                                .addFixed64(8)
                                .addLengthDelimited(ByteString.copyFromUtf8("later"))
                                .build())
                .build();
        byte[] first = later.toByteString().concat(message.toByteString()).toByteArray();
        byte[] last = message.toByteString().concat(later.toByteString()).toByteArray();

        for (byte[] bytes : List.of(first, last)) {
            Message read = generated(type).getParserForType().parseFrom(bytes);

            assertThat(read.getUnknownFields()).isEqualTo(later);
            assertThat(read.toBuilder()
                            .setUnknownFields(UnknownFieldSet.getDefaultInstance())
                            .build()
                            .toByteString())
                    .isEqualTo(message.toByteString());
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageSurvivesAFieldThatIsMissing(Descriptor type) throws Exception {
        Message message = filled(type, 3);
        for (FieldDescriptor field : type.getFields()) {
            Message without = message.toBuilder().clearField(field).build();

            Message read = generated(type).getParserForType().parseFrom(without.toByteArray());

            assertThat(read.getAllFields()).doesNotContainKey(field);
            assertThat(read.toByteString()).isEqualTo(without.toByteString());
        }
        assertThat(generated(type).getParserForType().parseFrom(new byte[0]).getAllFields())
                .isEmpty();
    }

    private static Message generated(Descriptor type) throws ReflectiveOperationException {
        String name = type.getFullName().substring(FILE.getPackage().length() + 1);
        String packageName = FILE.getOptions().getJavaPackage();
        Class<?> generated = Class.forName(packageName + "." + name.replace('.', '$'));
        return (Message)
                Objects.requireNonNull(generated.getMethod("getDefaultInstance").invoke(null));
    }

    @Test
    void aClientLeavesAMessageThatItDoesNotKnowToItsSession() {
        byte[] later = {(byte) 0xa2, 1, 2, 8, 1};

        ReceivedFrame frame = SessionMethod.CALLED.parseResponse(new ByteArrayInputStream(later));

        assertThat(frame)
                .isInstanceOfSatisfying(
                        ReceivedFrame.Message.class,
                        message -> assertThat(message.response().getMessageCase())
                                .isEqualTo(SessionResponse.MessageCase.MESSAGE_NOT_SET));
    }

    private static Message filled(Descriptor type, int depth) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        for (FieldDescriptor field : type.getFields()) {
            boolean isMessage = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
            if (isMessage && depth == 0) {
                continue;
            }
            Object value = isMessage ? filled(field.getMessageType(), depth - 1) : value(field);
            if (field.isRepeated()) {
                message.addRepeatedField(field, value);
            } else {
                message.setField(field, value);
            }
        }
        return message.build();
    }

    private static Object value(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT -> -field.getNumber();
            case LONG -> Long.MIN_VALUE + field.getNumber();
            case BOOLEAN -> true;
            case STRING -> field.getName() + " ä";
            case BYTE_STRING -> ByteString.copyFromUtf8(field.getName());
            case ENUM -> {
                List<EnumValueDescriptor> values = field.getEnumType().getValues();
                yield values.get(values.size() - 1);
            }
            case FLOAT, DOUBLE, MESSAGE -> throw new AssertionError(field);
        };
    }

    private static List<String> snapshot() throws IOException {
        try (InputStream in = Objects.requireNonNull(CompatibilityTest.class.getResourceAsStream(SNAPSHOT))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }

    /** Returns a line for everything that a peer may rely on. */
    private static List<String> elements(FileDescriptor file) {
        List<String> lines = new ArrayList<>();
        for (ServiceDescriptor service : file.getServices()) {
            service.getMethods().forEach(method -> lines.add(line(method)));
        }
        file.getMessageTypes().stream()
                .flatMap(CompatibilityTest::withNested)
                .flatMap(message -> Stream.concat(
                        Stream.of("message " + message.getFullName()),
                        message.getFields().stream().map(CompatibilityTest::line)))
                .forEach(lines::add);
        for (EnumDescriptor type : file.getEnumTypes()) {
            type.getValues()
                    .forEach(value -> lines.add(
                            "value %s.%s = %d".formatted(type.getFullName(), value.getName(), value.getNumber())));
        }
        return lines;
    }

    private static String line(MethodDescriptor method) {
        return "method %s(%s%s) returns (%s%s)"
                .formatted(
                        method.getFullName(),
                        method.isClientStreaming() ? "stream " : "",
                        method.getInputType().getFullName(),
                        method.isServerStreaming() ? "stream " : "",
                        method.getOutputType().getFullName());
    }

    private static String line(FieldDescriptor field) {
        String label = field.isRepeated() ? "repeated " : field.hasPresence() ? "optional " : "";
        String type = switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
        return "field %s = %d %s%s".formatted(field.getFullName(), field.getNumber(), label, type);
    }
}
