// Lists the stations and runs them.
"use strict";
(() => {
  const progress = document.getElementById("progress");
  const template = document.getElementById("station");
  const all = document.getElementById("all");
  const held = new Map();
  const runs = [];

  const section = (name) => {
    const text = String(name || "").toLowerCase();
    const key = /hang|impersonat/.test(text) ? "hang" : /session|mapi/.test(text) ? "sessions"
      : /isapi/.test(text) ? "isapi" : /com/.test(text) ? "com" : text;
    let found = [...document.querySelectorAll(".document")].find((one) => one.dataset.document === key);
    if (!found) {
      found = document.createElement("section");
      found.className = "document";
      found.dataset.document = key;
      const header = document.createElement("header");
      const title = document.createElement("h3");
      title.textContent = name;
      header.append(title);
      found.append(header, document.createElement("ol"));
      document.querySelector("main").append(found);
    }
    return found.querySelector("ol");
  };

  const answer = async (url, options) => {
    const response = await fetch(url, options);
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(body.error || "the server answered " + response.status);
    return body;
  };

  const tell = () => {
    const good = [...held.values()].filter(Boolean).length;
    progress.textContent = held.size
      ? good + " of " + held.size + " shown stations hold, " + runs.length + " in all"
      : runs.length + " stations";
  };

  const add = (station) => {
    const item = template.content.cloneNode(true).querySelector("li");
    const part = (selector) => item.querySelector(selector);
    part("blockquote").textContent = station.quote;
    part(".name").textContent = station.station;
    part(".command code").textContent = station.command;
    part(".copy").addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(station.command);
        part(".copy").textContent = "Copied";
        setTimeout(() => { part(".copy").textContent = "Copy"; }, 1500);
      } catch {
        getSelection().selectAllChildren(part(".command code"));
      }
    });
    const verdict = part(".verdict");
    const seen = part(".seen");
    const say = (kind, words, text) => {
      verdict.className = "verdict " + kind;
      verdict.textContent = words;
      seen.hidden = !text;
      seen.textContent = text || "";
    };
    const run = async () => {
      part(".show").disabled = true;
      say("runs", "running…", "");
      try {
        const list = await answer("/tour/?run=" + encodeURIComponent(station.station), { method: "POST", headers: { "X-Partywall": "tour" } });
        const ok = list.length > 0 && list.every((one) => one.ok);
        held.set(station.station, ok);
        say(ok ? "holds" : "fails", ok ? "holds" : "does not hold", list.map((one) => one.seen).filter(Boolean).join("\n\n"));
      } catch (error) {
        held.set(station.station, false);
        say("fails", "could not be run", error.message);
      }
      part(".show").disabled = false;
      part(".show").textContent = "Show me again";
      tell();
    };
    part(".show").setAttribute("aria-label", "Show me: " + station.station);
    part(".show").addEventListener("click", run);
    runs.push(run);
    section(station.document).append(item);
  };

  all.addEventListener("click", async () => {
    all.disabled = true;
    for (const run of runs) await run();
    all.disabled = false;
  });

  answer("/tour/?stations").then((stations) => {
    for (const station of stations) add(station);
    all.hidden = stations.length === 0;
    for (const list of document.querySelectorAll(".document ol:empty")) {
      const note = document.createElement("p");
      note.className = "muted";
      note.textContent = "This build has no station for this document.";
      list.replaceWith(note);
    }
    tell();
  }).catch((error) => {
    progress.textContent = "The stations could not be listed: " + error.message + ".";
  });
})();
