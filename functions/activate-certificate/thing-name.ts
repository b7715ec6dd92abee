import { GlasshouseError } from '../../shared/errors.ts';

/** AWS IoT's names of things. */
const THING_NAME = /^[a-zA-Z0-9:_-]{1,128}$/;

export const COMMON_NAME_PLACEHOLDER = '{commonName}';

/** A template of names that gives all devices one name. */
export class ThingNameTemplateError extends GlasshouseError {
  override readonly name = 'ThingNameTemplateError' as const;
}

/**
 * Checks a template such as `lamp-{commonName}`: two devices must never get the same name from it.
 *
 * @throws ThingNameTemplateError
 */
export function requireThingNameTemplate(template: string): string {
  const parts = template.split(COMMON_NAME_PLACEHOLDER);
  if (parts.length === 2 && parts.every((part) => part === '' || THING_NAME.test(part))) return template;
  throw new ThingNameTemplateError(
    `THING_NAME_TEMPLATE must hold ${COMMON_NAME_PLACEHOLDER} once, and else letters, digits, ":", "_" and "-" only`,
    { code: 'THING_NAME_TEMPLATE_UNUSABLE', retryable: false, data: { template } },
  );
}

/**
 * The name of a device's thing: the template with the certificate's common name, to the letter. No case is folded and
 * nothing is replaced: what would be made alike here could be two devices there.
 *
 * @returns undefined when that is no name that a thing can have
 */
export function deriveThingName(template: string, commonName: string): string | undefined {
  const name = template.replace(COMMON_NAME_PLACEHOLDER, () => commonName);
  return THING_NAME.test(name) ? name : undefined;
}
