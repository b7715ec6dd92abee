/** What a function finds in its environment, here as on AWS; no key is checked, but one has to be there. */
export function functionEnvironment(region: string, endpointUrl: string): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
}
