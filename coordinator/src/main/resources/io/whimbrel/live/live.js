// SPDX-License-Identifier: Apache-2.0
"use strict";

const API = "/api/v1/";
const PHASES = [
  ["CREATED", "Created"],
  ["SNAPSHOT", "Snapshot"],
  ["COPYING", "Copying"],
  ["CATCHING_UP", "Catching up"],
  ["VERIFYING", "Verifying"],
  ["CUTTING_OVER", "Cutting over"],
  ["COMPLETED", "Completed"],
];
const IN_PLACE_PHASES = ["CREATED", "SNAPSHOT", "COPYING", "COMPLETED"];
const OTHER_STATES = {
  FINALIZED: "Finalized",
  ROLLING_BACK: "Rolling back",
  ROLLED_BACK: "Rolled back",
  FAILED: "Failed",
};
const STEPS = { copy: "copied", pack: "packed", verify: "compared", delta: "carried over" };
const SEVERITIES = { BLOCKED: "not carried", QUARANTINE: "quarantined", WARNING: "warning" };
const QUESTIONS = {
  pause: ["Pause the migration?", "Workers finish the ranges they hold and claim nothing more. Nothing is lost; resume goes on.", "Pause"],
  resume: ["Go on?", "Workers claim ranges again.", "Resume"],
  "cut-over": ["Cut over now?", "The new table takes the place of the old one, under one short lock. The old table is kept, so that there is a way back.", "Cut over"],
  cancel: ["Cancel and undo everything?", "All that was copied is dropped and the store is as it was before. This run cannot be resumed.", "Cancel and undo"],
};

const at = (id) => document.getElementById(id);
const count = (value) => value.toLocaleString("en-US");
const percent = (value) => {
  if (value > 0 && value < 0.0005) return "<0.1%";
  if (value < 1 && value >= 0.9995) return ">99.9%";
  return (value * 100).toFixed(1) + "%";
};
const speed = (value) => (value < 99.95 ? value.toFixed(1) : count(Math.round(value))) + "/s";
const times = (value) => value.toFixed(2) + "×";

function clock(seconds) {
  if (seconds >= 86400) {
    return `${Math.floor(seconds / 86400)} d ${String(Math.floor(seconds / 3600) % 24).padStart(2, "0")} h`;
  }
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${parts.join(":")}` : parts.join(":").replace(/^0/, "");
}

function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return (unit === 0 ? value : value.toFixed(1)) + " " + units[unit];
}

const charts = {
  rate: new TimeChart(at("rate-chart"), at("rate-summary"), speed),
  ratio: new TimeChart(at("ratio-chart"), at("ratio-summary"), times),
};
let access = { needsToken: false, takesActs: true };
let token = "";
let latest = null;
let announced = "";

/** Text only ever becomes text: nothing a store or a host is called can be markup here. */
function text(id, value) {
  const element = at(id);
  if (element.textContent !== value) {
    element.textContent = value;
  }
}

function cell(tag, value, className) {
  const element = document.createElement(tag);
  element.textContent = value;
  if (className) element.className = className;
  if (tag === "th") element.scope = "row";
  return element;
}

function row(...cells) {
  const element = document.createElement("tr");
  element.append(...cells);
  return element;
}

// Rows are replaced only when they changed, so that a reader is not thrown out of the table.
const shown = new Map();
function rows(id, data, make) {
  const key = JSON.stringify(data);
  if (shown.get(id) !== key) {
    shown.set(id, key);
    at(id).replaceChildren(...data.map(make));
  }
}

function stateName(status) {
  const known = PHASES.find((phase) => phase[0] === status.state);
  const name = known ? known[1] : OTHER_STATES[status.state] || status.state;
  return status.paused ? name + ", paused" : name;
}

function tone(status) {
  if (status.state === "FAILED") return "bad";
  if (status.paused || status.cancelRequested || status.state.startsWith("ROLL")) return "care";
  return "good";
}

function show(status) {
  latest = status;
  const name = `Migration ${status.migrationId}`;
  text("title", name);
  text("store", status.store);
  const state = at("state");
  state.textContent = stateName(status);
  state.className = "badge " + tone(status);
  document.title = `${headPercent(status)}${stateName(status)} · ${name} · Whimbrel`;
  showNotice(status);
  showProgress(status);
  showNumbers(status);
  showTables(status);
  showActs(status);
  const now = Date.parse(status.at) / 1000;
  if (status.state === "COPYING") {
    charts.rate.add(now, status.step.memoriesPerSecond);
    charts.ratio.add(now, status.bytes.compressionRatio);
  }
  announce(status);
}

function headPercent(status) {
  return status.step.fraction === null || status.finishedAt ? "" : percent(status.step.fraction) + " ";
}

function showNotice(status) {
  const notice = at("notice");
  let words = status.reason || "";
  if (status.cancelRequested && status.acts.length > 0) words = "Cancelled by a person: the coordinator undoes everything.";
  if (status.cutOverPostponed && words === "") {
    words = status.state === "CUTTING_OVER" ? "Ready to cut over: it waits for a person." : "The cut-over will wait for a person.";
  }
  notice.hidden = words === "";
  notice.className = "notice " + tone(status);
  text("notice", words);
}

function showProgress(status) {
  const step = status.step;
  const bar = at("bar");
  const done = status.state === "COMPLETED" || status.state === "FINALIZED";
  if (done) {
    bar.value = 1;
  } else if (step.fraction === null) {
    bar.removeAttribute("value");
  } else {
    bar.value = step.fraction;
  }
  text("percent", done ? "100%" : step.fraction === null ? "–" : percent(step.fraction));
  text(
    "progress-text",
    `${count(step.done)} of ${count(step.total)} memories ${STEPS[step.name] || step.name}` +
      `; ${bytes(status.bytes.raw)} of text became ${bytes(status.bytes.compressed)}.`,
  );
  const phases = status.kind === "IN_PLACE" ? PHASES.filter((phase) => IN_PLACE_PHASES.includes(phase[0])) : PHASES;
  const current = phases.findIndex((phase) => phase[0] === status.state);
  rows("phases", phases.map((phase, i) => [phase[1], i === current, i < current || status.state === "FINALIZED"]), (phase) => {
    const item = cell("li", phase[0], phase[2] ? "past" : "");
    if (phase[1]) item.setAttribute("aria-current", "step");
    return item;
  });
}

function showNumbers(status) {
  const memories = status.memories;
  text("rate", speed(status.step.memoriesPerSecond));
  text("eta", status.finishedAt ? "none" : status.step.secondsLeft === null ? "unknown" : clock(status.step.secondsLeft));
  text("ratio", status.bytes.compressionRatio === null ? "–" : times(status.bytes.compressionRatio));
  text("lazy", percent(memories.lazyLoadingRatio));
  text("failed", count(memories.quarantined));
  text("failure-rate", percent(memories.failureRate));
  text("limit", percent(memories.maxFailureRate));
  text("workers-live", count(status.workers.filter((worker) => worker.live).length));
  text("backlog", status.backlogKeys === null ? "none logged" : count(status.backlogKeys));
  text("throttle", status.throttle || (status.paused ? "paused" : "none"));
}

function showTables(status) {
  rows("workers", status.workers, (worker) => {
    const holds = worker.holds.map((range) => `${range.kind} ${range.rangeId}` + (range.attempt > 1 ? ` (try ${range.attempt})` : ""));
    const works = worker.live ? holds.join(", ") || "nothing now" : "has left";
    const element = row(
      cell("th", worker.id),
      cell("td", worker.host),
      cell("td", count(worker.threads), "number"),
      cell("td", works, "wide"),
      cell("td", count(worker.memories), "number"),
      cell("td", percent(worker.share), "number"),
      cell("td", speed(worker.memoriesPerSecond), "number"),
    );
    if (!worker.live) element.className = "gone";
    return element;
  });
  at("no-problems").hidden = status.problems.length > 0;
  at("problems-table").hidden = status.problems.length === 0;
  rows("problems", status.problems, (problem) =>
    row(
      cell("th", problem.reason),
      cell("td", SEVERITIES[problem.severity] || problem.severity),
      cell("td", problem.meaning, "wide"),
      cell("td", count(problem.memories), "number"),
    ));
  const kinds = [...new Set(status.ranges.map((range) => range.kind))];
  const of = (kind, state) => (status.ranges.find((range) => range.kind === kind && range.state === state) || { ranges: 0 }).ranges;
  rows("ranges", kinds.map((kind) => [kind, ...["pending", "claimed", "done", "blocked", "cancelled"].map((state) => of(kind, state))]), (counts) =>
    row(cell("th", counts[0]), ...counts.slice(1).map((value) => cell("td", count(value), "number"))));
  showEvents(status.events);
}

function showEvents(events) {
  const list = at("events-box");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 8;
  rows("events", events, (event) => {
    const item = document.createElement("li");
    const time = document.createElement("time");
    time.dateTime = event.at;
    time.textContent = new Date(event.at).toLocaleTimeString("en-GB");
    item.append(time, event.text);
    return item;
  });
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function showActs(status) {
  for (const act of Object.keys(QUESTIONS)) {
    at("act-" + act).disabled = !access.takesActs || !status.acts.includes(act);
  }
  text("acts-note", access.takesActs ? "Each asks before it acts." : "This server takes no acts: it was started without a token. Use the command line.");
}

/** Says changes of state, and nothing every second. */
function announce(status) {
  const words = `${stateName(status)}${status.throttle ? ", slowed: " + status.throttle : ""}`;
  if (words !== announced) {
    announced = words;
    text("announcement", words);
  }
}

function connection(words) {
  const badge = at("connection");
  badge.hidden = words === "";
  text("connection", words);
  if (words !== "") text("announcement", words);
}

/** The beginning of the curves, from the ledger: also what was before the page was opened. */
async function loadCourse() {
  const answer = await fetch(API + "history");
  if (!answer.ok) return;
  const course = await answer.json();
  const points = course.points.map((point) => [(point.atMillis + course.stretchMillis / 2) / 1000, point]);
  charts.rate.reset(points.map(([seconds, point]) => [seconds, point.memoriesPerSecond]));
  charts.ratio.reset(points.map(([seconds, point]) => [seconds, point.compressionRatio]));
}

async function loadAccess() {
  const answer = await fetch(API + "access");
  if (answer.ok) access = await answer.json();
}

// The browser's own reconnecting gives up on some errors; this one never does.
let wait = 1000;
function listen() {
  const events = new EventSource(API + "events");
  let ended = false;
  const again = (words) => {
    events.close();
    connection(words);
    setTimeout(listen, wait);
    wait = Math.min(wait * 1.5, 8000);
  };
  events.addEventListener("open", () => {
    wait = 1000;
    connection("");
    loadAccess().catch(() => {});
    loadCourse().catch(() => {});
  });
  events.addEventListener("status", (event) => {
    show(JSON.parse(event.data));
    connection("");
  });
  events.addEventListener("trouble", () => connection("the database does not answer"));
  events.addEventListener("end", () => {
    ended = true;
    again("the coordinator has ended");
  });
  events.addEventListener("error", () => {
    if (!ended) again(latest && latest.finishedAt ? "the coordinator has ended" : "no connection, trying again");
  });
}

const dialog = at("ask");
let asking = "";
function ask(act) {
  asking = act;
  const [title, words, yes] = QUESTIONS[act];
  text("ask-title", title);
  text("ask-text", words);
  text("ask-yes", yes);
  at("ask-yes").className = act === "cancel" ? "danger" : "";
  at("ask-error").hidden = true;
  at("token-field").hidden = !access.needsToken;
  at("token").value = token;
  dialog.showModal();
  // The harmless answer has the focus: a stray Enter must not act.
  (access.needsToken && token === "" ? at("token") : at("ask-no")).focus();
}

async function act() {
  token = at("token").value;
  const headers = { "Content-Type": "application/json" };
  if (access.needsToken) headers.Authorization = "Bearer " + token;
  const body = JSON.stringify({ migrationId: latest.migrationId });
  try {
    const answer = await fetch(API + asking, { method: "POST", headers, body });
    const said = await answer.json();
    if (answer.ok) {
      dialog.close();
      text("announcement", said.message);
      return;
    }
    if (answer.status === 401) token = "";
    refuse(said.message);
  } catch (e) {
    refuse("The coordinator did not answer; nothing was asked.");
  }
}

function refuse(words) {
  at("ask-error").hidden = false;
  text("ask-error", words);
}

for (const name of Object.keys(QUESTIONS)) {
  at("act-" + name).addEventListener("click", () => ask(name));
}
at("ask-no").addEventListener("click", () => dialog.close());
at("ask-form").addEventListener("submit", (event) => {
  event.preventDefault();
  act();
});
dialog.addEventListener("close", () => {
  const button = at("act-" + asking);
  (button.disabled ? at("main") : button).focus();
});
listen();
