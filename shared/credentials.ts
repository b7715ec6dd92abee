/**
 * Stands in for `@aws-sdk/credential-provider-node` in the bundles (esbuild.config.mjs): Lambda hands a
 * function its credentials in these variables and in no other way, and the full chain (SSO, files, IMDS)
 * costs every cold start 70 KB and a third of its import time.
 */
export function defaultProvider() {
  return async (): Promise<EnvironmentCredentials> => {
    const accessKeyId = process.env['AWS_ACCESS_KEY_ID'];
    const secretAccessKey = process.env['AWS_SECRET_ACCESS_KEY'];
    const sessionToken = process.env['AWS_SESSION_TOKEN'];
    if (!accessKeyId || !secretAccessKey) {
      throw new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set');
    }
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  };
}

interface EnvironmentCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
