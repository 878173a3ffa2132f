"""What is said about known mistakes in recurrent networks: title, hint, what to reread."""

from ...diagnosis.catalogue import catalogue

STEP = "the lecture on recurrence; Goodfellow et al., Deep Learning, equations 10.8 and 10.9"
UNFOLD = "the lecture on unfolding; Goodfellow et al., Deep Learning, section 10.1"
MASK = "the Keras guide on masking and padding"
STEPBACK = "Goodfellow et al., Deep Learning, section 10.2.2; the lecture on unfolding"
BPTT = "Goodfellow et al., Deep Learning, section 10.2.2 (back-propagation through time)"
CLIP = "Pascanu et al. 2013, section 3.2; Goodfellow et al., Deep Learning, section 10.11.1"
SOFTMAX = "Goodfellow et al., Deep Learning, sections 4.1 and 6.2.2.3"
COPIES = "the notebook: its checks hand in arrays that are locked against changes"

CATALOGUE = catalogue(
    {
        ("rnn_step",): {
            "step_kernels_swapped": (
                "kernel and recurrent_kernel change places where D equals U",
                "One kernel meets the input, the other the state. Where D equals U no shape "
                "complains; which is which?",
                STEP,
            ),
            "step_recurrent_transposed": (
                "The recurrent kernel is transposed",
                "A square matrix and its transpose fit equally well. Write down the equation's "
                "indices and compare.",
                STEP,
            ),
            "step_no_bias": (
                "The bias is left out",
                "Three terms stand inside the tanh. Which of them are in your line?",
                STEP,
            ),
            "step_bias_twice": (
                "The bias is added twice",
                "The two products share one bias. How often is it added?",
                STEP,
            ),
            "step_no_tanh": (
                "There is no tanh",
                "What keeps the state between -1 and 1, however many steps there are?",
                STEP,
            ),
            "step_sigmoid": (
                "A sigmoid stands where tanh belongs",
                "The state of a SimpleRNN may be negative. Which function has that range?",
                STEP,
            ),
            "step_tanh_of_input_only": (
                "tanh is applied to the input's part only",
                "How far does the bracket of the tanh reach in the equation?",
                STEP,
            ),
            "step_relu": (
                "A ReLU stands where tanh belongs",
                "SimpleRNN's default nonlinearity is another one; look for its range.",
                STEP,
            ),
        },
        ("rnn_forward",): {
            "forward_state_not_carried": (
                "Every step starts from h0",
                "What is the state that step t starts from? If it is always the first one, the "
                "network remembers nothing.",
                UNFOLD,
            ),
            "forward_ignores_h0": (
                "The first state is taken to be zero",
                "The sequence may be the continuation of another. Where does what came before "
                "enter?",
                UNFOLD,
            ),
        },
        (
            "rnn_forward",
            "rnn_mask",
            "rnn_backward",
        ): {
            "forward_fixed_length": (
                "The number of steps is fixed at 5",
                "The point of a recurrent network is that one step serves sequences of any "
                "length. Where does your loop get its number of steps?",
                UNFOLD,
            ),
        },
        (
            "rnn_forward",
            "rnn_mask",
        ): {
            "forward_reversed": (
                "The states come back in reversed order",
                "In which order do you collect the states, and in which does the time axis run?",
                UNFOLD,
            ),
            "forward_same_buffer": (
                "All states are the last one",
                "A list may hold one array many times. When its entries are changed in place, "
                "what do earlier elements of the list show?",
                UNFOLD,
            ),
            "forward_shifted": (
                "The states are those before each step, not after it",
                "states[:, t] is the state after step t has been taken. When do you store it?",
                UNFOLD,
            ),
            "forward_time_first": (
                "The states have shape (T, N, U)",
                "Keras has the batch first, then time. Along which axis are the steps put "
                "together?",
                UNFOLD,
            ),
            "forward_reshaped": (
                "The states are reshaped from (T, N, U) to (N, T, U), which mixes rows and steps",
                "reshape keeps the order in memory and only cuts it elsewhere. Which operation "
                "moves an axis?",
                UNFOLD,
            ),
            "forward_last_state_only": (
                "Only the last state is returned",
                "This is return_sequences=True: all states are asked for, one per step.",
                UNFOLD,
            ),
        },
        ("rnn_mask",): {
            "mask_ignored": (
                "The mask is ignored",
                "A padded step is no input at all. What should the state be after it?",
                MASK,
            ),
            "mask_inverted": (
                "The mask is read the wrong way round",
                "True means that a step counts. Check with a row that is not masked anywhere.",
                MASK,
            ),
            "mask_zeros": (
                "Masked steps give zeros, not the state before",
                "A skipped step forgets nothing. What does the network know after it?",
                MASK,
            ),
            "mask_first_step_computed": (
                "A masked first step is computed all the same",
                "Before the first step there is a state as well. What does a masked first step "
                "carry over?",
                MASK,
            ),
            "mask_for_the_whole_batch": (
                "A step counts for every row as soon as one row has it",
                "Each row has gaps of its own. Does your condition have one entry per row?",
                MASK,
            ),
            "mask_any_row_masked": (
                "A step is skipped for every row as soon as one row has it masked",
                "Each row has gaps of its own. Does your condition have one entry per row?",
                MASK,
            ),
            "mask_stops_at_first_gap": (
                "A row ends at its first masked step",
                "A mask may have gaps, after which the sequence goes on. What decides about "
                "step t: the steps before, or its own entry?",
                MASK,
            ),
        },
        ("rnn_step_backward",): {
            "back_slope_inverted": (
                "The slope of tanh is divided by, not multiplied with",
                "The chain rule multiplies by the derivative. Where the state is near 1, should"
                " the gradient become large or small?",
                STEPBACK,
            ),
            "back_no_slope": (
                "The slope of tanh is left out",
                "Between h_t and what is inside the tanh lies its derivative.",
                STEPBACK,
            ),
            "back_slope_of_previous": (
                "The slope of tanh is taken at the state before",
                "The derivative is taken where this step's tanh was: which state came out of it?",
                STEPBACK,
            ),
            "back_slope_tanh_twice": (
                "The slope is taken at tanh(h_t), and h_t is a tanh already",
                "Written with its own value, the derivative of tanh needs no further tanh. Which "
                "array holds that value?",
                STEPBACK,
            ),
            "back_slope_not_squared": (
                "The slope is 1 - h_t: a square is missing",
                "Write down the derivative of tanh and check it at 0 and at large values: it is "
                "symmetric.",
                STEPBACK,
            ),
            "back_slope_sigmoid": (
                "The slope is that of a sigmoid",
                "h (1 - h) is the slope of another function. What is the derivative of tanh, "
                "written with its own value?",
                STEPBACK,
            ),
            "back_in_place": (
                "dh is multiplied in place",
                "dh belongs to the caller, who goes on using it. Make a new array for the product.",
                COPIES,
            ),
            "back_recurrent_not_transposed": (
                "The recurrent kernel is not transposed in dh_prev",
                "A square matrix fits both ways. The forward product sums over one index of the"
                " recurrent kernel; over which does the backward one?",
                STEPBACK,
            ),
            "back_drecurrent_transposed": (
                "The gradient of the recurrent kernel is transposed",
                "Rows of the recurrent kernel belong to the old state. Which of the two factors"
                " must come first?",
                STEPBACK,
            ),
            "back_drecurrent_of_new_state": (
                "The recurrent kernel's gradient uses h_t, not h_prev",
                "The recurrent kernel multiplies something in the forward pass; its gradient "
                "contains exactly that.",
                STEPBACK,
            ),
            "back_dbias_mean": (
                "dbias is a mean over the batch, not a sum",
                "The bias is added to every example. Do contributions add up or average out, if"
                " the loss says nothing of a mean?",
                STEPBACK,
            ),
            "back_dbias_not_summed": (
                "dbias is not summed over the batch",
                "A gradient has the shape of what it belongs to. One bias serves all examples.",
                STEPBACK,
            ),
            "back_dbias_keepdims": (
                "dbias has shape (1, U)",
                "A gradient has the shape of what it belongs to. What shape has the bias?",
                STEPBACK,
            ),
            "back_weights_mean": (
                "The kernels' gradients are divided by N",
                "Nothing here says that the loss is a mean. If it is one, dh knows that already.",
                STEPBACK,
            ),
            "back_slope_of_gradient": (
                "The slope of tanh is taken from dh, not from h_t",
                "The slope of tanh belongs to a value of the forward pass. Is dh one?",
                STEPBACK,
            ),
        },
        ("rnn_backward",): {
            "bptt_starts_with_ones": (
                "The carried gradient starts as ones",
                "What does the future after the last step contribute to the loss?",
                BPTT,
            ),
            "bptt_forward_in_time": (
                "The steps are walked forwards",
                "The gradient at a step needs what comes back from the step after it. In which "
                "order must they be visited?",
                BPTT,
            ),
            "bptt_skips_first": (
                "The walk back ends before the first step",
                "How many steps are there, and how many does your loop visit? Print them for "
                "T = 3.",
                BPTT,
            ),
            "bptt_index_minus_one": (
                "states[:, t - 1] at t = 0 is the last state, not h0",
                "An index of -1 is no error in Python: it is the last entry. What is the state "
                "before the first step?",
                BPTT,
            ),
            "bptt_truncated": (
                "The gradient is cut off every second step",
                "Cutting the gradient off after a few steps is an approximation. The exact one "
                "goes back to the beginning.",
                BPTT,
            ),
            "bptt_no_carry": (
                "No gradient is carried from a step to the one before",
                "A state influences the loss directly and through all later states. Which of "
                "the two is missing?",
                BPTT,
            ),
            "bptt_clips_carry": (
                "The carried gradient is clipped at every step",
                "Clipping belongs after the gradients are complete. What does it do to the "
                "exact gradient in the middle?",
                BPTT,
            ),
            "bptt_in_place": (
                "The carried gradient is written into dstates",
                "dstates belongs to the caller, and your sums change it. Keep what is carried "
                "in an array of your own.",
                COPIES,
            ),
            "bptt_mask_ignored": (
                "Masked steps are differentiated like any other",
                "A step that was skipped forward has no tanh and no weights. What happens to a "
                "gradient that arrives there?",
                BPTT,
            ),
            "bptt_masked_steps_count": (
                "Masked steps contribute to dx and to the weights' gradients",
                "A step that was skipped used neither its input nor the weights. What is their "
                "gradient there?",
                BPTT,
            ),
            "bptt_mask_stops_carry": (
                "No gradient passes a masked step",
                "At a masked step the new state is the old one. What is the derivative of a copy?",
                BPTT,
            ),
            "bptt_mask_carry_twice": (
                "At masked steps the carried gradient meets tanh's slope",
                "At a masked step nothing was computed, so nothing is differentiated. What is "
                "the derivative of a copy?",
                BPTT,
            ),
            "bptt_weights_overwritten": (
                "The weights' gradients are those of one step",
                "All steps share the same weights. What becomes of the contributions of the "
                "other steps?",
                BPTT,
            ),
            "bptt_weights_last_step": (
                "Only the last step contributes to the weights' gradients",
                "All steps share the same weights. What becomes of the contributions of the "
                "earlier steps?",
                BPTT,
            ),
            "bptt_weights_mean_over_time": (
                "The weights' gradients are means over time",
                "The weights are used T times. Do the contributions of the uses add up or "
                "average out?",
                BPTT,
            ),
            "bptt_dh0_not_carried": (
                "dh0 is the gradient at the first state, not before it",
                "h0 is the state before the first step, not after it. Which gradient arrives "
                "there?",
                BPTT,
            ),
            "bptt_dx_reversed": (
                "dx comes back in reversed order",
                "You meet the last step first. In which order is dx asked for?",
                BPTT,
            ),
        },
        ("clip_by_global_norm",): {
            "clip_norm_sum": (
                "The norms are added, not their squares",
                "The global norm is the length of one long vector made of all gradients. How "
                "does Pythagoras combine lengths?",
                CLIP,
            ),
            "clip_largest_norm": (
                "The largest norm is taken for the global one",
                "The global norm is the length of one long vector made of all gradients, not of"
                " its longest part.",
                CLIP,
            ),
            "clip_no_root": (
                "The root of the sum of squares is missing",
                "A length is the root of a sum of squares.",
                CLIP,
            ),
            "clip_mean_square": (
                "The norm is divided by the root of the number of entries",
                "A norm grows with the number of entries; a root mean square does not. Which "
                "one is asked for?",
                CLIP,
            ),
            "clip_by_value": (
                "Entries are clipped one by one",
                "Cutting entries one by one turns the vector. What should stay the same when a "
                "step is made shorter?",
                CLIP,
            ),
            "clip_each_norm": (
                "Each gradient is clipped by its own norm alone",
                "If every gradient is shortened by its own factor, the whole step points "
                "elsewhere. Whose length decides?",
                CLIP,
            ),
            "clip_always": (
                "Small gradients are scaled up",
                "Clipping is a maximum: what is short enough stays as it is.",
                CLIP,
            ),
            "clip_epsilon": (
                "An epsilon is added to the norm",
                "The bound is positive and a norm above it is never 0. What is the epsilon "
                "there for?",
                CLIP,
            ),
            "clip_no_guard": (
                "It divides by a norm of zero",
                "Gradients of zeros have norm 0. Is anything to be done about them at all?",
                CLIP,
            ),
            "clip_in_place": (
                "The caller's gradients are scaled in place",
                "The caller's gradients are scaled too. Return new arrays.",
                COPIES,
            ),
            "clip_norm_after": (
                "The norm after clipping is returned",
                "What comes out after clipping is known already. Which norm tells something "
                "about training?",
                CLIP,
            ),
        },
        ("softmax_cross_entropy",): {
            "softmax_unstable": (
                "The largest logit is not subtracted",
                "exp overflows beyond about 709. Which number may be subtracted from all logits"
                " of a row without changing the probabilities?",
                SOFTMAX,
            ),
            "softmax_batch_maximum": (
                "One maximum for the whole batch is subtracted",
                "Rows may lie far apart: what is left of a row 10000 below the largest one? "
                "Each row is a distribution of its own.",
                SOFTMAX,
            ),
            "softmax_other_axis": (
                "Probabilities are normalised over the examples",
                "The probabilities of one example over its classes sum to 1. Over which axis "
                "does your sum run?",
                SOFTMAX,
            ),
            "softmax_capped": (
                "An epsilon inside the logarithm caps the loss",
                "-log(p + epsilon) cannot exceed a few dozen, however wrong the prediction. Can"
                " the logarithm be had without computing p first?",
                SOFTMAX,
            ),
            "softmax_twice": (
                "Softmax is applied twice",
                "Logits go into softmax, probabilities come out. What goes into yours?",
                SOFTMAX,
            ),
            "softmax_loss_sum": (
                "The loss is summed, not averaged",
                "The loss of a batch is the mean over its examples; then it does not depend on "
                "the batch's size.",
                SOFTMAX,
            ),
            "softmax_gradient_no_label": (
                "The gradient lacks the minus 1 at the label",
                "At the right class the loss falls when its logit rises. Which sign has the "
                "gradient there, and which has yours?",
                SOFTMAX,
            ),
            "softmax_gradient_sign": (
                "The gradient has the wrong sign",
                "Raising a wrong class's logit should raise the loss. Check the sign at such a "
                "place.",
                SOFTMAX,
            ),
            "softmax_gradient_sum": (
                "The gradient is not divided by N",
                "The loss is a mean over examples. Where is that in its gradient?",
                SOFTMAX,
            ),
            "softmax_gradient_over_classes": (
                "The gradient is divided by K as well",
                "The mean runs over examples only. How many terms does it have?",
                SOFTMAX,
            ),
        },
    }
)
