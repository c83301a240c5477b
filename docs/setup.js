// The set-up page: choices in, a workflow out. Everything happens in this browser; nothing is sent anywhere.
"use strict";

(function () {
  const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
  const dayName = (day) => day[0].toUpperCase() + day.slice(1);
  const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?(?:_[A-Za-z0-9]+)?$/;
  const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9_-]{0,38}\/[A-Za-z0-9._-]{1,100}$/;
  const MINUTE = 43; // of each hour's run, as in the template
  const TEAM_MINUTE = 23; // the same in the team's template, whose people are in all zones
  const LEAD = 120; // minutes before the day's end by which the first warning must have been given
  const SOME_TIME = 30; // minutes after the habit from which on a reminder is worth its noise
  const LABEL = 44; // how wide a clock time is drawn, in pixels, with some space
  const APART = 60; // minutes between the first reminder and those after it

  // Times, as minutes of the day

  const minutes = (text) => {
    const found = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim());
    return found ? Number(found[1]) * 60 + Number(found[2]) : null;
  };
  const clock = (at) => `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;

  /** The times in a text, sorted, each once; null where one of them is none. */
  function times(text) {
    const found = text.split(/[\s,]+/).filter(Boolean).map(minutes);
    if (!found.length || found.length > 12 || found.includes(null)) return null;
    return [...new Set(found)].sort((a, b) => a - b);
  }

  /** The reminders of an ordinary day, as schedule/habit.py has them. `habit`: minutes, null where not known. */
  function reminders(automatic, habit) {
    if (habit === null) return automatic;
    const from = Math.min(habit + SOME_TIME, 24 * 60 - LEAD);
    return from <= automatic[0] ? automatic : [from, ...automatic.filter((at) => at - from >= APART)];
  }

  /** The hours in which runs are asked for: early enough for the first reminder; a team's are all of the day. */
  function hours(choice) {
    if (choice.scope === "team") return [0, 23];
    return [Math.min(13, Math.max(0, Math.floor(choice.reminders[0] / 60) - 1)), 23];
  }

  const minuteOf = (choice) => (choice.scope === "team" ? TEAM_MINUTE : MINUTE);

  // What is written

  const quoted = (text) => JSON.stringify(text);

  /** The settings that differ from the defaults, as the lines of a YAML map. */
  function settings(choice) {
    const lines = [];
    if (choice.remind === "times") lines.push(`remind-at: ${quoted(choice.reminders.map(clock).join(","))}`);
    if (choice.rest.length) lines.push(`rest-days: ${quoted(choice.rest.join(","))}`);
    if (choice.language !== "en") lines.push(`language: ${choice.language}`);
    return lines;
  }

  /** The workflow of one person. */
  function workflow(choice, data) {
    const [first, last] = hours(choice);
    const more = settings(choice);
    if (choice.channels.includes("issue") && choice.channels.length > 1) more.push('issue: "true"');
    const secrets = choice.channels.flatMap((channel) => data.channels[channel]);
    const block = secrets.map(({ input, secret }) => `      ${input}: \${{ secrets.${secret} }}\n`).join("");
    return data.workflow
      .replace(/^ *#.*\n/gm, "")
      .replace(/^    if: .*\n/m, "")
      .replace(/ # [^"\n]*$/gm, "")
      .replace(/\n{3,}/g, "\n\n")
      .replace(/"\d+ \d+-\d+ \* \* \*"/, quoted(`${MINUTE} ${first}-${last} * * *`))
      .replace('"Etc/UTC"', quoted(choice.zone))
      .replace(/(uses: \S+)@\S+/, `$1@${data.version}`)
      .replace(/^ {6}issues: write\n/m, choice.channels.includes("issue") ? "$&" : "")
      .replace(/\n {4}secrets:\n(?: {6}.*\n?)*/, `\n${more.map((line) => `      ${line}\n`).join("")}${block && `    secrets:\n${block}`}`);
  }

  /** The file of one person in a team's roster. */
  function rosterFile(choice) {
    return [`timezone: ${quoted(choice.zone)}`, ...settings(choice), ...choice.sealed].join("\n") + "\n";
  }

  const page = (...parts) => `https://github.com/${parts.join("/")}`;
  const newFile = (repository, name, text) =>
    `${page(repository, "new", "main")}?filename=${encodeURIComponent(name)}&value=${encodeURIComponent(text)}`;

  /** What to do next, in order: text and where, each link on a page of GitHub's. */
  function steps(choice, data) {
    if (choice.scope === "team") {
      const file = `roster/${choice.login}.yml`;
      const own = choice.repository;
      return [
        { text: "Once, by whoever runs the team: make its repository from the template", link: data.team.template },
        { text: "Then set it up: keys, secrets and who may change what", link: data.team.guide },
        { text: `Propose your file ${file} as a pull request`, link: own ? newFile(own, file, rosterFile(choice)) : "" },
      ];
    }
    const name = choice.home === "profile" ? choice.login : "streaky";
    const repository = `${choice.login}/${name}`;
    const path = ".github/workflows/streaky.yml";
    const found = [];
    if (choice.home === "profile") {
      found.push({ text: `Add ${path} to ${repository}`, link: newFile(repository, path, workflow(choice, data)) });
    } else {
      found.push({ text: "Make your repository from the template", link: `${data.template}&owner=${encodeURIComponent(choice.login)}&name=streaky` });
      found.push({ text: `Replace ${path} with the workflow above, and commit`, link: page(repository, "edit/main", path) });
    }
    for (const channel of choice.channels) {
      for (const { secret, what } of data.channels[channel]) {
        found.push({ text: `Add the secret ${secret}: ${what}`, link: page(repository, "settings/secrets/actions/new") });
      }
    }
    found.push({ text: "Press Run workflow: it sends you a test alert", link: page(repository, "actions/workflows/streaky.yml") });
    return found;
  }

  /** The day in words: what runs, what reminds, and when it ends. */
  function day(choice) {
    const [first, last] = hours(choice);
    const minute = minuteOf(choice);
    const lines = [
      { when: `${clock(first * 60 + minute)} to ${clock(last * 60 + minute)}`, what: `${choice.scope === "team" ? "the team's runs, one each hour." : "runs look at your calendar, one each hour."} GitHub may start them late.` },
      { when: choice.reminders.map(clock).join(", "), what: "reminders, while GitHub shows no contribution. When no later run can be counted on, the first comes earlier." },
      { when: "24:00", what: `your day ends, in ${choice.zone}.` },
    ];
    if (choice.rest.length) lines.push({ when: choice.rest.map(dayName).join(", "), what: "no reminders: you rest, and the streak goes on." });
    return lines;
  }

  // What is wrong

  function problems(choice, zones) {
    const found = {};
    if (!LOGIN.test(choice.login) && choice.login !== "") found.login = "This is not a GitHub login. Write it as in github.com/LOGIN.";
    if (!choice.zone || !zones(choice.zone)) found.zone = "This is no time zone. Choose a city's, such as Europe/Berlin.";
    if (choice.reminders === null) found.times = "Write times of day, such as 18:00, 21:30.";
    if (choice.rest.length === 7) found.rest = "Leave at least one day to guard.";
    if (choice.scope === "one" && !choice.channels.length) found.channels = "Choose at least one, else nothing can warn you.";
    if (choice.scope === "team" && choice.repository && !REPOSITORY.test(choice.repository)) found.repository = "Write it as owner/name.";
    return found;
  }

  // Sealing: HPKE, RFC 9180, base mode, with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM

  const utf8 = (text) => new TextEncoder().encode(text);
  const KEM = new Uint8Array([...utf8("KEM"), 0, 0x20]);
  const SUITE = new Uint8Array([...utf8("HPKE"), 0, 0x20, 0, 1, 0, 2]);
  const join = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));

  async function mac(key, data) {
    // An empty key is one of zeros to HMAC, and browsers take no empty one.
    const raw = key.length ? key : new Uint8Array(32);
    const made = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", made, data));
  }
  const extract = (suite, salt, label, secret) => mac(salt, join(utf8("HPKE-v1"), suite, utf8(label), secret));
  async function expand(suite, key, label, info, length) {
    const block = await mac(key, join([0, length], utf8("HPKE-v1"), suite, utf8(label), info, [1]));
    return block.slice(0, length); // at most 32 bytes are asked for, so one block is enough
  }

  const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  function publicKey(text) {
    const found = /^streaky-public:v1:([A-Za-z0-9_-]{43})$/.exec(text.trim());
    if (!found) throw new Error("This is no public key of Streaky. It begins with streaky-public:v1:");
    const raw = atob(found[1].replace(/-/g, "+").replace(/_/g, "/") + "=");
    return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
  }

  /** The line of a roster's file that holds the value sealed for a person and an input. Throws Error in words. */
  async function seal(key, login, input, value) {
    if (!LOGIN.test(login)) throw new Error("Fill in the GitHub login above: a value is sealed for one person.");
    if (!value.trim()) throw new Error("Write the value that is to be sealed.");
    const theirs = publicKey(key);
    let own, shared;
    try {
      own = await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
      const raw = await crypto.subtle.importKey("raw", theirs, { name: "X25519" }, false, []);
      shared = new Uint8Array(await crypto.subtle.deriveBits({ name: "X25519", public: raw }, own.privateKey, 256));
    } catch {
      throw new Error("This browser cannot seal with that key. Use a newer one, or `streaky seal`.");
    }
    if (shared.every((byte) => byte === 0)) throw new Error("Nothing can be sealed with that key. Ask for another.");
    const enc = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
    const none = new Uint8Array();
    const prk = await extract(KEM, none, "eae_prk", shared);
    const secretOf = await expand(KEM, prk, "shared_secret", join(enc, theirs), 32);
    const context = join([0], await extract(SUITE, none, "psk_id_hash", none), await extract(SUITE, none, "info_hash", utf8("streaky sealed value v1")));
    const secret = await extract(SUITE, secretOf, "secret", none);
    const raw = await expand(SUITE, secret, "key", context, 32);
    const iv = await expand(SUITE, secret, "base_nonce", context, 12);
    const aes = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
    const additionalData = utf8(`${login.toLowerCase()}\n${input}`);
    const text = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, aes, utf8(value.trim()));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", theirs));
    const id = [...digest.slice(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${input}: sealed:v1:${id}:${base64url(join(enc, new Uint8Array(text)))}`;
  }

  const rules = { times, reminders, workflow, rosterFile, steps, day, problems, seal, clock, minutes };
  if (typeof module === "object") {
    module.exports = rules; // for the tests, which run the rules without a browser
    return;
  }

  // The page

  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const form = $("form");
  const sealed = [];

  /** An element with text or children. Text is never read as HTML. */
  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // What browsers still call by an older name, which not every runner knows. Source: CLDR, whose names stay.
  const RENAMED = {
    "Africa/Asmera": "Africa/Asmara",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Catamarca": "America/Argentina/Catamarca",
    "America/Coral_Harbour": "America/Atikokan",
    "America/Cordoba": "America/Argentina/Cordoba",
    "America/Godthab": "America/Nuuk",
    "America/Indianapolis": "America/Indiana/Indianapolis",
    "America/Jujuy": "America/Argentina/Jujuy",
    "America/Louisville": "America/Kentucky/Louisville",
    "America/Mendoza": "America/Argentina/Mendoza",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "Europe/Kiev": "Europe/Kyiv",
    "Pacific/Enderbury": "Pacific/Kanton",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
  };
  const zones = Intl.supportedValuesOf("timeZone").map((zone) => RENAMED[zone] || zone).sort();
  const sameName = (zone) => zones.find((each) => each.toLowerCase() === zone.toLowerCase());
  /** A zone's name as the browser writes it, whatever its case; the text itself where it is none. */
  function spelled(zone) {
    try {
      return zone.includes("/") ? new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone : zone;
    } catch {
      return zone;
    }
  }
  function asNow(text) {
    const zone = text.replace(/ /g, "_");
    const name = RENAMED[zone] || sameName(zone) || spelled(zone);
    return RENAMED[name] || name;
  }

  const isZone = (zone) => {
    if (zones.includes(zone)) return true;
    try {
      return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone })) && /^(UTC|[A-Za-z_]+\/[A-Za-z0-9_+/-]+)$/.test(zone);
    } catch {
      return false;
    }
  };

  function chosen() {
    const given = new FormData(form);
    const remind = given.get("remind");
    const automatic = data.reminders.map(minutes);
    return {
      scope: given.get("scope"),
      login: given.get("login").trim(),
      repository: given.get("repository").trim(),
      home: given.get("home"),
      zone: asNow(given.get("zone").trim()),
      rest: given.getAll("rest"),
      remind,
      reminders: remind === "auto" ? reminders(automatic, minutes(given.get("habit") || "")) : times(given.get("times") || ""),
      habit: remind === "auto" ? minutes(given.get("habit") || "") : null,
      language: given.get("language"),
      channels: given.getAll("channel"),
      // The last one of each input. A value that was sealed for another login would not open.
      sealed: [...new Map(sealed.filter((each) => each.login === given.get("login").trim()).map(({ line }) => [line.split(":")[0], line])).values()],
    };
  }

  function show() {
    const choice = chosen();
    const team = choice.scope === "team";
    for (const each of document.querySelectorAll(".one")) each.hidden = team;
    for (const each of document.querySelectorAll(".team")) each.hidden = !team;
    for (const each of form.querySelectorAll(".auto")) each.hidden = choice.remind !== "auto";
    for (const each of form.querySelectorAll(".times")) each.hidden = choice.remind === "auto";
    $("steps-hint").hidden = Boolean(choice.login);
    if (!choice.sealed.length) $("sealed").hidden = true;
    const wrong = problems(choice, isZone);
    for (const name of ["login", "zone", "times", "rest", "channels", "repository"]) {
      $(`${name}-problem`).textContent = wrong[name] || "";
      const field = form.elements[name];
      if (field instanceof HTMLInputElement) {
        field.setAttribute("aria-invalid", String(Boolean(wrong[name])));
        field.setAttribute("aria-describedby", `${name}-problem`);
      }
    }
    if (Object.keys(wrong).length) return; // what was right last stays
    const named = { ...choice, login: choice.login || "LOGIN" };
    showDay(choice);
    showAlerts(named);
    $("file-title").textContent = team ? "The file in the roster" : "Your workflow";
    $("file-name").textContent = team ? `roster/${named.login}.yml` : ".github/workflows/streaky.yml";
    $("file").textContent = team ? rosterFile(named) : workflow(named, data);
    $("steps").replaceChildren(...steps(named, data).map(({ text, link }) => {
      const usable = link && (choice.login || team);
      return element("li", {}, usable ? element("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, text) : text);
    }));
  }

  function showDay(choice) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const draw = (name, attributes, text) => {
      const made = document.createElementNS(space, name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
      if (text) made.textContent = text;
      svg.append(made);
    };
    const x = (at) => `${((at / 1440) * 100).toFixed(2)}%`; // of the width, so that no text is stretched
    const anchor = (at) => (at < 60 ? "start" : at > 1380 ? "end" : "middle");
    draw("line", { class: "base", x1: "0", x2: "100%", y1: 34, y2: 34 });
    for (let at = 0; at <= 1440; at += 360) draw("text", { x: x(at), y: 58, "text-anchor": anchor(at) }, clock(at));
    const [first, last] = hours(choice);
    for (let hour = first; hour <= last; hour += 1) draw("circle", { class: "run", cx: x(hour * 60 + minuteOf(choice)), cy: 34, r: 3 });
    if (choice.habit !== null) draw("line", { class: "habit", x1: x(choice.habit), x2: x(choice.habit), y1: 25, y2: 43 });
    const apart = (LABEL / ($("day").clientWidth || 600)) * 1440; // in minutes
    let labelled = -apart;
    for (const at of choice.reminders) {
      draw("text", { class: "mark", x: x(at), y: 30, "text-anchor": "middle" }, "▼");
      if (at - labelled < apart) continue; // one over the other could not be read; the list below has all
      draw("text", { class: "remind", x: x(at), y: 14, "text-anchor": anchor(at) }, clock(at));
      labelled = at;
    }
    draw("line", { class: "end", x1: "100%", x2: "100%", y1: 22, y2: 46 });
    $("day").replaceChildren(svg);
    $("day-list").replaceChildren(...day(choice).map(({ when, what }) => element("li", {}, element("b", {}, when), ` ${what}`)));
  }

  function showAlerts(choice) {
    const sample = data.languages[choice.language].alert;
    const own = (text) => text.replaceAll(data.sample, choice.login).replaceAll(data.zone, choice.zone);
    const buttons = () => element("div", { class: "buttons" }, ...sample.buttons.map((text) => element("span", {}, own(text))));
    const lines = (of = sample.lines) => of.map((line) => element("p", {}, own(line)));
    const fields = element("dl", { class: "fields" }, ...sample.fields.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, own(value)))));
    const card = (title, style, ...children) => element("div", { class: `card ${style}`, lang: choice.language }, element("h3", { lang: "en" }, title), ...children);
    const all = {
      discord: () => card("Discord", "", element("p", {}, own(sample.push)), element("div", { class: "embed" }, element("p", { class: "title" }, choice.login), ...lines(sample.short), fields), buttons()),
      telegram: () => card("Telegram", "chat", element("div", { class: "bubble" }, element("p", { class: "title" }, own(sample.title)), ...lines()), buttons()),
      issue: () => card("Issue", "", element("p", { class: "title" }, own(sample.title)), ...lines(), element("p", {}, own(sample.mention))),
    };
    const shown = Object.keys(all).filter((name) => choice.scope === "team" || choice.channels.includes(name));
    $("alerts").replaceChildren(...(shown.length ? shown : Object.keys(all)).map((name) => all[name]()));
  }

  function say(text) {
    $("said").textContent = "";
    setTimeout(() => ($("said").textContent = text), 50); // a screen reader speaks of a change only
  }

  $("rest").append(...DAYS.map((name) => element("label", {}, element("input", { type: "checkbox", name: "rest", value: name }), ` ${dayName(name)}`)));
  $("language").append(...Object.entries(data.languages).map(([code, { name }]) => element("option", { value: code, lang: code }, name)));
  $("input").append(...data.sealable.map((name) => element("option", { value: name }, name)));
  $("zones").append(...zones.map((name) => element("option", { value: name })));
  $("zone").value = asNow(Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC");
  const spoken = (navigator.languages || [navigator.language]).map((each) => Object.keys(data.languages).find((code) => each === code || each.split("-")[0] === code)).find(Boolean);
  $("language").value = spoken || "en";
  form.addEventListener("input", show);
  addEventListener("resize", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  $("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText($("file").textContent);
      say("Copied.");
      $("copy").textContent = "Copied";
    } catch {
      getSelection().selectAllChildren($("file"));
      $("copy").textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => ($("copy").textContent = "Copy"), 2000);
  });
  $("seal").addEventListener("click", async () => {
    $("seal-problem").textContent = "";
    try {
      const login = $("login").value.trim();
      const line = await seal($("public").value, login, $("input").value, $("value").value);
      sealed.push({ login, line });
      $("value").value = "";
      $("sealed").textContent = line;
      $("sealed").hidden = false;
      say("Sealed. The line is in your file now.");
      show();
    } catch (problem) {
      $("seal-problem").textContent = problem.message;
    }
  });
  $("app").hidden = false;
  show();
})();
