# ruff: noqa  kept as it was written
"""Which parametric distribution describes length of stay? MLE fits, KS tests, AIC, and a mixture by hand (EM)."""

import numpy as np
import pandas as pd
from scipy import stats, optimize
import matplotlib.pyplot as plt

PARAMETERS = {"enc_class": "IP", "max_iter": 200, "tol": 1e-6}

CANDIDATES = {
    "exponential": (stats.expon, {"floc": 0}),
    "gamma": (stats.gamma, {"floc": 0}),
    "lognormal": (stats.lognorm, {"floc": 0}),
    "Weibull": (stats.weibull_min, {"floc": 0}),
}


def em_two_normals(x, max_iter, tol):
    w, mu, sd = 0.5, np.quantile(x, [0.25, 0.75]), np.repeat(x.std(), 2)
    ll_old = -np.inf
    for it in range(max_iter):
        dens = np.column_stack([w * stats.norm.pdf(x, mu[0], sd[0]), (1 - w) * stats.norm.pdf(x, mu[1], sd[1])])
        total = dens.sum(axis=1, keepdims=True)
        r = dens / total
        w = r[:, 0].mean()
        mu = (r * x[:, None]).sum(0) / r.sum(0)
        sd = np.sqrt((r * (x[:, None] - mu) ** 2).sum(0) / r.sum(0))
        ll = np.log(total).sum()
        if ll - ll_old < tol:
            break
        ll_old = ll
    else:
        it = -1
    return w, mu, sd, ll, it


def main(data, report, enc_class, max_iter, tol):
    los = data.sql(
        "SELECT los FROM ehr.encounters WHERE enc_class = :enc_class AND los > 0 ORDER BY los", enc_class=enc_class
    )["los"]
    x = los.to_numpy(dtype="float64")
    out = []
    for name, (dist, fixed) in CANDIDATES.items():
        args = dist.fit(x, **fixed)
        ll = dist.logpdf(x, *args).sum()
        k = len(args) - len(fixed)
        ks = stats.kstest(x, dist.cdf, args=args)
        out.append(
            dict(
                distribution=name,
                params=", ".join(f"{a:.2f}" for a in args),
                AIC=2 * k - 2 * ll,
                KS=ks.statistic,
                p=ks.pvalue,
            )
        )
    table = pd.DataFrame.from_records(out).sort_values("AIC", ignore_index=True)
    table["dAIC"] = table["AIC"] - table["AIC"].iloc[0]
    report.table("Fits", table.round({"AIC": 1, "KS": 3, "p": 3, "dAIC": 1}))

    nll = lambda th: -stats.gamma.logpdf(x, np.exp(th[0]), scale=np.exp(th[1])).sum()
    opt = optimize.minimize(nll, x0=[0.0, 0.0], method="Nelder-Mead")
    report.value("gamma shape by direct optimisation", round(float(np.exp(opt.x[0])), 2))

    w, mu, sd, ll, iters = em_two_normals(np.log(x), max_iter, tol)
    report.text(f"Mixture on the log scale: weight {w:.2f}, means {mu[0]:.2f} and {mu[1]:.2f} (log days).")
    xs = np.linspace(1e-3, x.max() * 1.1, 250)
    fig, ax = plt.subplots()
    ax.hist(x, bins="fd", density=True, color="lightgrey", edgecolor="white")
    for name, (dist, fixed) in CANDIDATES.items():
        ax.plot(xs, dist.pdf(xs, *dist.fit(x, **fixed)), label=name)
    ax.legend(title="Fit")
    ax.set_xlabel("Days")
    report.figure("Length of stay distribution", fig)
