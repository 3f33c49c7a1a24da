// Local times, keys, and the list's place. The pages work without this.
"use strict";
(() => {
  const now = new Date();
  const sameDay = (a, b) => a.toDateString() === b.toDateString();
  for (const time of document.querySelectorAll("time[datetime]")) {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    const form = time.dataset.form === "long"
      ? { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }
      : sameDay(date, now) ? { hour: "2-digit", minute: "2-digit" }
      : date.getFullYear() === now.getFullYear() ? { day: "numeric", month: "short" }
      : { day: "numeric", month: "short", year: "numeric" };
    time.title = time.title || time.textContent;
    time.textContent = new Intl.DateTimeFormat("en-GB", form).format(date);
  }

  const list = document.querySelector(".list");
  if (list) {
    const url = new URL(location.href);
    for (const name of ["message", "view", "trace"]) url.searchParams.delete(name);
    const key = "mail-list:" + url.search;
    try {
      list.scrollTop = Number(sessionStorage.getItem(key)) || 0;
      addEventListener("pagehide", () => sessionStorage.setItem(key, String(list.scrollTop)));
    } catch { /* storage may be switched off */ }
    list.querySelector(".current")?.scrollIntoView({ block: "nearest" });
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const rows = [...document.querySelectorAll(".row .subject a")];
    const at = rows.indexOf(document.activeElement);
    const go = { j: "#older", k: "#newer", u: "#close" }[event.key];
    const link = go && document.querySelector(go);
    if (link) link.click();
    else if (event.key === "j" && !document.querySelector(".message")) rows[Math.min(at + 1, rows.length - 1)]?.focus();
    else if (event.key === "k" && !document.querySelector(".message")) rows[Math.max(at - 1, 0)]?.focus();
    else if (event.key === "/") { document.querySelector(".search input[type=search]")?.focus(); event.preventDefault(); }
  });
})();
