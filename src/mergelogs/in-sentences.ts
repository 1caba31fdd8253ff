import type { MergeCount } from './counts.ts';

/** What a person should know of a merge; nothing, where all went well. */
export const inSentences = (
  { files }: MergeCount,
  { keepsUnread }: { readonly keepsUnread: boolean },
): string => {
  const sentences = files.flatMap(({ file, unread, firstUnread, tooLong, firstTooLong, late, error }) => [
    ...(error === undefined ? [] : [`${file} cannot be read: ${error}`]),
    ...(unread === 0
      ? []
      : [
          `${file}: ${lines(unread)} without a time that can be read, first line ${firstUnread ?? 1}: ${keepsUnread ? 'kept' : 'left out'}`,
        ]),
    ...(tooLong === 0
      ? []
      : [`${file}: ${lines(tooLong)} too long, first line ${firstTooLong ?? 1}: left out`]),
    ...(late === 0 ? [] : [`${file}: ${lines(late)} too far behind their time to be put in order`]),
  ]);
  return sentences.map((sentence) => `usher: ${sentence}.\n`).join('');
};

const lines = (count: number): string => `${count} ${count === 1 ? 'line' : 'lines'}`;
