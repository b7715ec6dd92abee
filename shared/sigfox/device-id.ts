const DEVICE_ID = /^[0-9A-Fa-f]{1,8}$/;

/**
 * The one way in which a device is named here: Sigfox writes its hexadecimal id with or without leading zeros,
 * and bodies that were made by hand write it in either case.
 *
 * @returns upper-case digits without leading zeros, or undefined when it is no id of a device.
 */
export function normaliseDeviceId(id: string): string | undefined {
  if (!DEVICE_ID.test(id)) return undefined;
  return id.toUpperCase().replace(/^0+(?=.)/, '');
}
