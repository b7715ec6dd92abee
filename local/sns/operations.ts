/** Every operation of the SNS API that this cloud does not serve, with the reason. */
export const NOT_SERVED: Readonly<Record<string, string>> = {
  ...forEach('push notifications to apps are not served', [
    'CreatePlatformApplication',
    'CreatePlatformEndpoint',
    'DeleteEndpoint',
    'DeletePlatformApplication',
    'GetEndpointAttributes',
    'GetPlatformApplicationAttributes',
    'ListEndpointsByPlatformApplication',
    'ListPlatformApplications',
    'SetEndpointAttributes',
    'SetPlatformApplicationAttributes',
  ]),
  ...forEach('there is no sandbox: text messages to every number are kept in the outbox', [
    'CreateSMSSandboxPhoneNumber',
    'DeleteSMSSandboxPhoneNumber',
    'GetSMSSandboxAccountStatus',
    'ListSMSSandboxPhoneNumbers',
    'VerifySMSSandboxPhoneNumber',
  ]),
  ...forEach('numbers to send from are not kept', ['ListOriginationNumbers']),
  ...forEach('data protection is not served', ['GetDataProtectionPolicy', 'PutDataProtectionPolicy']),
};

function forEach(reason: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}
