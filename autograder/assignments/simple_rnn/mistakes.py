"""Wrong ideas about the simple recurrent network: a correct solution in which each can be switched
on.
"""

import numpy as np

from ...diagnosis.catalogue import NONE


def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias, *, mistakes=NONE):
    if "step_kernels_swapped" in mistakes and kernel.shape == recurrent_kernel.shape:
        kernel, recurrent_kernel = recurrent_kernel, kernel
    if "step_recurrent_transposed" in mistakes:
        recurrent_kernel = recurrent_kernel.T
    z = x_t @ kernel + h_prev @ recurrent_kernel
    if "step_no_bias" not in mistakes:
        z = z + bias
    if "step_bias_twice" in mistakes:
        z = z + bias
    if "step_no_tanh" in mistakes:
        return z
    if "step_sigmoid" in mistakes:
        return 1 / (1 + np.exp(-z))
    if "step_tanh_of_input_only" in mistakes:
        return np.tanh(x_t @ kernel + bias) + h_prev @ recurrent_kernel
    if "step_relu" in mistakes:
        return np.maximum(z, 0)
    return np.tanh(z)


def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None, *, mistakes=NONE):
    h, states = h0, []
    steps = range(x.shape[1])
    if "forward_fixed_length" in mistakes:
        steps = range(min(x.shape[1], 5))
    for t in steps:
        before = previous = h
        if "forward_state_not_carried" in mistakes:
            before = h0
        if "forward_ignores_h0" in mistakes and t == 0:
            before = np.zeros_like(h0)
        h = rnn_step(x[:, t], before, kernel, recurrent_kernel, bias)
        if mask is not None and "mask_ignored" not in mistakes:
            used = mask[:, t][:, None]
            if "mask_inverted" in mistakes:
                used = ~used
            if "mask_zeros" in mistakes:
                h = np.where(used, h, 0)
            elif "mask_first_step_computed" in mistakes and t == 0:
                pass
            elif "mask_any_row_masked" in mistakes:
                h = h if used.all() else previous
            elif "mask_for_the_whole_batch" in mistakes:
                h = h if used.any() else previous
            elif "mask_stops_at_first_gap" in mistakes:
                h = np.where(mask[:, : t + 1].all(axis=1)[:, None], h, previous)
            else:
                h = np.where(used, h, previous)
        states.append(h)
    if "forward_reversed" in mistakes:
        states = states[::-1]
    if "forward_same_buffer" in mistakes:
        states = [h] * len(states)
    if "forward_shifted" in mistakes:
        states = [h0, *states[:-1]]
    if "forward_reshaped" in mistakes:
        states = [
            np.array(states).reshape(len(x), len(states), -1)[:, t] for t in range(len(states))
        ]
    states = np.stack(states, axis=1)
    if "forward_time_first" in mistakes:
        return states.swapaxes(0, 1), (x, h0, kernel, recurrent_kernel, states, mask)
    if "forward_last_state_only" in mistakes:
        return h, (x, h0, kernel, recurrent_kernel, states, mask)
    return states, (x, h0, kernel, recurrent_kernel, states, mask)


def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel, *, mistakes=NONE):
    slope = 1 - h_t**2
    if "back_slope_of_gradient" in mistakes:
        slope = 1 - dh**2
    if "back_slope_inverted" in mistakes:
        slope = 1 / (1 - h_t**2)
    if "back_no_slope" in mistakes:
        slope = 1
    if "back_slope_of_previous" in mistakes:
        slope = 1 - h_prev**2
    if "back_slope_tanh_twice" in mistakes:
        slope = 1 - np.tanh(h_t) ** 2
    if "back_slope_not_squared" in mistakes:
        slope = 1 - h_t
    if "back_slope_sigmoid" in mistakes:
        slope = h_t * (1 - h_t)
    if "back_in_place" in mistakes:
        dh *= slope
        dz = dh
    else:
        dz = dh * slope
    recurrent = (
        recurrent_kernel if "back_recurrent_not_transposed" in mistakes else recurrent_kernel.T
    )
    dx_t, dh_prev = dz @ kernel.T, dz @ recurrent
    dkernel, drecurrent_kernel, dbias = x_t.T @ dz, h_prev.T @ dz, dz.sum(axis=0)
    if "back_drecurrent_transposed" in mistakes:
        drecurrent_kernel = drecurrent_kernel.T
    if "back_drecurrent_of_new_state" in mistakes:
        drecurrent_kernel = h_t.T @ dz
    if "back_dbias_mean" in mistakes:
        dbias = dz.mean(axis=0)
    if "back_dbias_not_summed" in mistakes:
        dbias = dz
    if "back_dbias_keepdims" in mistakes:
        dbias = dz.sum(axis=0, keepdims=True)
    if "back_weights_mean" in mistakes:
        dkernel, drecurrent_kernel = dkernel / len(x_t), drecurrent_kernel / len(x_t)
    return dx_t, dh_prev, dkernel, drecurrent_kernel, dbias


def rnn_backward(dstates, cache, *, mistakes=NONE):
    x, h0, kernel, recurrent_kernel, states, mask = cache
    given = dstates
    if "bptt_in_place" not in mistakes:
        dstates = dstates.copy()
    dx, sums = np.zeros_like(x), None
    carry = np.zeros_like(h0)
    if "bptt_starts_with_ones" in mistakes:
        carry = carry + 1
    order = range(x.shape[1]) if "bptt_forward_in_time" in mistakes else reversed(range(x.shape[1]))
    if "bptt_skips_first" in mistakes:
        order, sums = range(x.shape[1] - 1, 0, -1), [np.zeros_like(kernel)]
        sums += [np.zeros_like(recurrent_kernel), np.zeros_like(kernel[0])]
    for t in order:
        h_prev = states[:, t - 1] if t or "bptt_index_minus_one" in mistakes else h0
        if "bptt_truncated" in mistakes:
            carry = 0 * carry if t % 2 else carry
        if "bptt_no_carry" in mistakes:
            carry = 0 * carry
        if "bptt_clips_carry" in mistakes:
            carry = np.clip(carry, -0.5, 0.5)
        dstates[:, t] += carry
        dh = dstates[:, t]
        used = np.ones((len(x), 1), bool) if mask is None else mask[:, t][:, None]
        if "bptt_mask_ignored" in mistakes:
            used = np.ones_like(used)
        live = dh if "bptt_masked_steps_count" in mistakes else np.where(used, dh, 0)
        dx_t, carry, *weights = rnn_step_backward(
            live, x[:, t], h_prev, states[:, t], kernel, recurrent_kernel
        )
        if "bptt_mask_stops_carry" not in mistakes:
            carry = np.where(used, carry, dh)
        if "bptt_mask_carry_twice" in mistakes and mask is not None:
            carry = np.where(used, carry, dh * (1 - states[:, t] ** 2))
        dx[:, t] = dx_t
        if sums is None or "bptt_weights_overwritten" in mistakes:
            sums = weights
        elif "bptt_weights_last_step" not in mistakes:
            sums = [a + b for a, b in zip(sums, weights)]
    if "bptt_weights_mean_over_time" in mistakes:
        sums = [s / x.shape[1] for s in sums]
    dh0 = given[:, 0] if "bptt_dh0_not_carried" in mistakes else carry
    if "bptt_dx_reversed" in mistakes:
        dx = dx[:, ::-1]
    return dx, dh0, *sums


def clip_by_global_norm(gradients, max_norm, *, mistakes=NONE):
    norms = [np.sqrt(np.sum(g**2)) for g in gradients]
    norm = np.sqrt(np.sum(np.square(norms)))
    if "clip_norm_sum" in mistakes:
        norm = np.sum(norms)
    if "clip_largest_norm" in mistakes:
        norm = np.max(norms)
    if "clip_no_root" in mistakes:
        norm = norm**2
    if "clip_mean_square" in mistakes:
        norm = norm / np.sqrt(sum(g.size for g in gradients))
    if "clip_by_value" in mistakes:
        return [np.clip(g, -max_norm, max_norm) for g in gradients], norm
    if "clip_each_norm" in mistakes:
        factors = [max_norm / max(n, max_norm) for n in norms]
        return [g * f for g, f in zip(gradients, factors)], norm
    if "clip_always" in mistakes:
        with np.errstate(all="ignore"):
            factor = np.float64(max_norm) / norm
    elif "clip_epsilon" in mistakes:
        factor = min(1.0, max_norm / (norm + 1e-6))
    elif "clip_no_guard" in mistakes:
        factor = min(1.0, float(np.divide(max_norm, norm) if norm else np.nan))
        factor = np.nan if not norm else factor
    else:
        factor = max_norm / max(norm, max_norm)
    if "clip_in_place" in mistakes:
        for g in gradients:
            g *= factor
        return gradients, norm
    clipped = [g * g.dtype.type(factor) for g in gradients]
    if "clip_norm_after" in mistakes:
        norm = norm * factor
    return clipped, norm


def softmax_cross_entropy(logits, labels, *, mistakes=NONE):
    n = np.arange(len(labels))
    shifted = logits - logits.max(axis=1, keepdims=True)
    if "softmax_unstable" in mistakes:
        shifted = logits
    if "softmax_batch_maximum" in mistakes:
        shifted = logits - logits.max()
    with np.errstate(all="ignore"):
        if "softmax_other_axis" in mistakes:
            shifted = logits - logits.max(axis=0)
        total = np.exp(shifted).sum(axis=1, keepdims=True)
        if "softmax_other_axis" in mistakes:
            total = np.exp(shifted).sum(axis=0, keepdims=True)
        if "softmax_batch_maximum" in mistakes or "softmax_unstable" in mistakes:
            log_p = np.log(np.exp(shifted) / total)
        else:
            log_p = shifted - np.log(total)
        if "softmax_capped" in mistakes:
            log_p = np.log(np.exp(log_p) + 1e-12)
        if "softmax_twice" in mistakes:
            p = np.exp(log_p)
            log_p = p - np.log(np.exp(p).sum(axis=1, keepdims=True))
        loss = -log_p[n, labels].mean()
        if "softmax_loss_sum" in mistakes:
            loss = -log_p[n, labels].sum()
        dlogits = np.exp(log_p)
    if "softmax_gradient_no_label" not in mistakes:
        dlogits[n, labels] -= 1
    if "softmax_gradient_sign" in mistakes:
        dlogits = -dlogits
    if "softmax_gradient_sum" not in mistakes:
        dlogits = dlogits / logits.dtype.type(len(labels))
    if "softmax_gradient_over_classes" in mistakes:
        dlogits = dlogits / logits.shape[1]
    return loss, dlogits


FUNCTIONS = (
    rnn_step,
    rnn_forward,
    rnn_step_backward,
    rnn_backward,
    clip_by_global_norm,
    softmax_cross_entropy,
)

# Questions whose function may have the ideas of others written out in it.
INSIDE = {
    "rnn_forward": ("rnn_step",),
    "rnn_mask": ("rnn_step",),
    "rnn_backward": ("rnn_step_backward", "rnn_step"),
}
