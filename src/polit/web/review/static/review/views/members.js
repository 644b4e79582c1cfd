/* The members of a stack, and which of them is odd. A near match is another file: look for it. */

import { fetchAnswer, fetchJson, readOrder } from "./safetiles.js";

const AT_ONCE = 200;
const BLIND = ["second", "sample"];

/* Whether the page is a queue in which nothing may be told of what others decided. */
export function isBlind(config) {
  return BLIND.includes(config.scope?.queue);
}

/* Returns the members in the server's order, the lead first; blind where the queue is. */
export async function fetchMembers(config, lead) {
  const exhibit = config.scope?.exhibit ?? "";
  const queue = isBlind(config) ? config.scope.queue : "all";
  const answer = await fetchAnswer(config.urls.order, { exhibit, lead, stacks: "no", queue });
  const { places, grades } = readOrder(await answer.arrayBuffer());
  const members = [...places].map((place, index) => ({ place, grade: grades[index] }));
  return members.sort((one, other) => (other.place === lead) - (one.place === lead));
}

/* Figures of items by place: size, pixels, day, length, distance from the stack's best copy. */
export async function fetchFigures(config, places) {
  const found = new Map();
  for (let start = 0; start < places.length; start += AT_ONCE) {
    const asked = places.slice(start, start + AT_ONCE).join(",");
    const told = await fetchJson(config.urls.figures, { places: asked });
    for (const each of Array.isArray(told?.figures) ? told.figures : []) {
      found.set(each.place, each);
    }
  }
  return found;
}

/* The value that more than half of the members share; undefined where there is none. */
function usual(values) {
  const known = values.filter((value) => value !== null && value !== undefined);
  const counts = new Map();
  for (const value of known) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const [most] = [...counts].sort((one, other) => other[1] - one[1]);
  return most && most[1] * 2 > known.length ? most[0] : undefined;
}

/* Place to reasons in words: the farthest from the lead, another size, another day. */
export function oddMembers(members) {
  const reasons = new Map();
  const note = (member, words) => reasons.set(member.place, [...(reasons.get(member.place) ?? []), words]);
  const farthest = Math.max(0, ...members.map((member) => member.distance ?? 0));
  const pixels = usual(members.map((member) => member.pixels || null));
  const day = usual(members.map((member) => member.day));
  for (const member of members) {
    if (farthest > 0 && member.distance === farthest) {
      note(member, "farthest from the lead");
    }
    if (pixels !== undefined && member.pixels && member.pixels !== pixels) {
      note(member, "another size");
    }
    if (day !== undefined && member.day !== null && member.day !== undefined && member.day !== day) {
      note(member, "another day");
    }
  }
  return reasons;
}

/* Lead first, then the farthest: whoever looks at a few sees what differs most. */
export function sortOddFirst(members) {
  const odd = oddMembers(members);
  const weight = (member) => (odd.get(member.place)?.length ?? 0) * 1_000 + (member.distance ?? 0);
  const [lead, ...others] = members;
  return [lead, ...others.sort((one, other) => weight(other) - weight(one))];
}
