// Which rows of a pool stand on a page. Used by the server for what it sends and by the browser for what it shows.
import { needsLook } from './dashboard-words.js';

/** Those that are looked for; where they are more than `limit`, those that need a look come first. */
export const inView = (all, { words, onlyTrouble, limit }) => {
  const isFound = (row) =>
    (words === '' || row.id.includes(words) || row.address.includes(words)) &&
    (!onlyTrouble || needsLook(row));
  const found = words === '' && !onlyTrouble ? all : all.filter(isFound);
  if (found.length <= limit) return found;
  return [...found.filter(needsLook), ...found.filter((row) => !needsLook(row))];
};
