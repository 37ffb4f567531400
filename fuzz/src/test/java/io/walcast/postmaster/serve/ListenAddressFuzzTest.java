// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.error.ConfigurationException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import java.util.Optional;

final class ListenAddressFuzzTest {

    @FuzzTest
    void readsAnAddressAsItIsPrinted(byte[] bytes) {
        String text = Input.text(bytes);
        Optional<ListenAddress> address =
                ParserContract.parse(bytes.length, ConfigurationException.class, () -> ListenAddress.parse(text));

        if (address.isPresent()) {
            assertThat(address.get().port()).isBetween(0, 65535);
            assertThat(ListenAddress.parse(address.get().toString())).isEqualTo(address.get());
        }
    }
}
