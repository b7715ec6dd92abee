/**
 * Why a URL may not be called: nothing leaves this machine. Names other than localhost are refused even where they
 * lead here, because who they lead to is for a resolver to say.
 *
 * @returns undefined when it may be called.
 */
export function loopbackTargetProblem(url: string): string | undefined {
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) {
    return `"${url.slice(0, 200)}" is no URL of HTTP`;
  }
  const { hostname } = parsed;
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
  return isHere
    ? undefined
    : `${parsed.host} is not this machine, and nothing leaves it: use 127.0.0.1 or localhost`;
}
