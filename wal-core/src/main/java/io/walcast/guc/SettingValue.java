// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

/**
 * The value of a setting.
 *
 * @param shown as {@code SHOW} prints it
 * @param number in the setting's unit; 1 for on
 */
record SettingValue(String shown, long number) {

    static SettingValue bool(boolean value) {
        return new SettingValue(value ? "on" : "off", value ? 1 : 0);
    }

    static SettingValue number(long number, SettingUnit unit) {
        return new SettingValue(unit.print(number), number);
    }

    static SettingValue text(String text) {
        return new SettingValue(text, 0);
    }
}
