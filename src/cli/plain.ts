/** Words from outside as they may be printed: they must not move the cursor or pretend to be other lines. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, '?');
