/* The members of a stack, and which of them is odd. A near match is another file: look for it. */

import { fetchFacts } from "./facts.js";
import { fetchAnswer, readOrder } from "./safetiles.js";

const MOST_FACTS = 120;
const AT_ONCE = 4;
const DAY_MS = 86_400_000;

/* Returns the members, the lead first, each with what the server's header says of it. */
export async function fetchMembers(config, lead) {
  const exhibit = config.scope?.exhibit ?? "";
  const answer = await fetchAnswer(config.urls.order, { exhibit, lead, stacks: "no", queue: "all" });
  const { header, places, states, grades, marks } = readOrder(await answer.arrayBuffer());
  const told = new Map((header.members ?? []).map((member) => [member.place, member]));
  const members = [...places].map((place, index) => ({
    place,
    state: states[index],
    grade: grades[index],
    mark: marks[index],
    distance: header.distances?.[index] ?? null,
    ...told.get(place),
  }));
  return members.sort((one, other) => (other.place === lead) - (one.place === lead));
}

/* Fills in size, dimensions and day from each member's facts, a few requests at a time. */
export async function addFacts(config, members, isWanted) {
  const waiting = members.filter((member) => member.size_bytes === undefined).slice(0, MOST_FACTS);
  const work = async () => {
    for (let member = waiting.shift(); member && isWanted(); member = waiting.shift()) {
      const facts = await fetchFacts(config, member.place).catch(() => null);
      if (facts) {
        member.size_bytes = numberOf(facts.size_bytes);
        member.width_px = numberOf(facts.width_px);
        member.height_px = numberOf(facts.height_px);
        member.distance ??= numberOf(facts.distance ?? facts.stack?.distance);
        member.day = dayOf(facts);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

function numberOf(value) {
  return Number.isFinite(value) ? value : null;
}

function dayOf(facts) {
  if (Number.isFinite(facts.taken_day)) {
    return facts.taken_day;
  }
  const instant = Date.parse(facts.taken_at ?? facts.times?.taken ?? "");
  return Number.isNaN(instant) ? null : Math.floor(instant / DAY_MS);
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

function shapeOf(member) {
  return member.width_px && member.height_px
    ? (member.width_px / member.height_px).toFixed(2)
    : null;
}

/* Place to reasons in words: the farthest from the lead, another shape, another day. */
export function oddMembers(members) {
  const reasons = new Map();
  const note = (member, words) => reasons.set(member.place, [...(reasons.get(member.place) ?? []), words]);
  const farthest = Math.max(0, ...members.map((member) => member.distance ?? 0));
  const shape = usual(members.map(shapeOf));
  const day = usual(members.map((member) => member.day));
  for (const member of members) {
    if (farthest > 0 && member.distance === farthest) {
      note(member, "farthest from the lead");
    }
    if (shape !== undefined && shapeOf(member) !== null && shapeOf(member) !== shape) {
      note(member, "another shape");
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
