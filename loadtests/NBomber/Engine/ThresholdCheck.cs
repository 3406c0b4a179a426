using System.Linq.Expressions;
using System.Reflection;
using NBomber.Contracts;
using NBomber.Contracts.Metrics;
using NBomber.Contracts.Stats;

namespace NBomber.Engine;

/// <summary>Checks thresholds at the end of the run.</summary>
internal static class ThresholdCheck
{
    public static ThresholdResult Of(Threshold threshold, ScenarioStats scenario, MetricStats metrics)
    {
        try
        {
            return Result(!threshold.IsMet(scenario, metrics), "");
        }
        catch (Exception e)
        {
            return Result(isFailed: true, e.Message);
        }

        ThresholdResult Result(bool isFailed, string exception) =>
            new(scenario.ScenarioName, threshold.StepName, Text(threshold.Check), exception, isFailed);
    }

    /// <summary>
    /// The condition with its captured values filled in, such as <c>stats.Ok.Latency.Percent99
    /// &lt;= 200</c>.
    /// </summary>
    private static string Text(LambdaExpression check)
    {
        var text = new Values().Visit(check.Body).ToString();
        // A binary expression puts itself into brackets.
        return check.Body is BinaryExpression ? text[1..^1] : text;
    }

    private sealed class Values : ExpressionVisitor
    {
        protected override Expression VisitMember(MemberExpression node) => (Visit(node.Expression), node.Member) switch
        {
            (ConstantExpression owner, FieldInfo field) => Expression.Constant(field.GetValue(owner.Value), node.Type),
            (ConstantExpression owner, PropertyInfo property) =>
                Expression.Constant(property.GetValue(owner.Value), node.Type),
            (var owner, _) => node.Update(owner),
        };
    }
}
