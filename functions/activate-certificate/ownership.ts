/**
 * Whose a thing is that is there already:
 *
 * - `mine`: this certificate is attached to it, alone;
 * - `free`: nobody is: it was made ahead of its device;
 * - `rotation`: the certificate that was announced to be replaced is, and perhaps this one;
 * - `collision`: anybody else is. Two devices with one name would share one identity.
 */
export type Ownership = 'mine' | 'free' | 'rotation' | 'collision';

/**
 * @param principals ARNs of everybody who is attached to the thing
 * @param mine ARN of the certificate that is being activated
 * @param replaced ARN of the certificate whose place it may take, where a rotation was announced
 */
export function decideOwnership(
  principals: readonly string[],
  mine: string,
  replaced: string | undefined,
): Ownership {
  const others = principals.filter((principal) => principal !== mine);
  if (others.length === 0) return principals.length === 0 ? 'free' : 'mine';
  return others.every((principal) => principal === replaced) ? 'rotation' : 'collision';
}
