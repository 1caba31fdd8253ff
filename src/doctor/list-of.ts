/** How many are named one by one. */
const MOST = 5;

/** Names as a sentence has them: `web1, web2 and web3`; of many only the first few. */
export const listOf = (names: readonly string[]): string => {
  if (names.length > MOST) return `${names.slice(0, MOST).join(', ')} and ${names.length - MOST} more`;
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
};
